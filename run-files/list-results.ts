import * as z from "zod";

const accuracies = z.record(z.string(), z.number());

const networkFields = { network: z.string(), heads: z.int().optional() };

/** `results.json` of a list of jobs, as far as it is read again. Accuracies are fractions. */
export const listResultsSchema = z.object({
  protocol: z.string(),
  command: z.string(),
  summaries: z.array(
    z.object({
      network: z.object({ architecture: z.string(), heads: z.int().optional() }),
      jobs: z.int(),
      testAccuracy: z.number().nullable(),
      testCropsAccuracy: z.number().nullable(),
      validationAccuracy: z.number().nullable(),
      testAccuracyOfSeeds: accuracies,
      testCropsAccuracyOfSeeds: accuracies,
      deviationOverSeeds: z.number().nullable(),
    }),
  ),
  without: z
    .array(
      z.object({
        ...networkFields,
        withoutSources: z.array(z.string()),
        clips: z.int(),
        testAccuracy: z.number(),
        testAccuracyOfSeeds: accuracies,
      }),
    )
    .default([]),
  jobs: z.array(
    z.object({
      ...networkFields,
      seed: z.int(),
      revision: z.string().optional(),
      folds: z.object({ test: z.array(z.int()), validation: z.array(z.int()) }),
      validationAccuracy: z.number().optional(),
      testAccuracy: z.number().optional(),
      testCropsAccuracy: z.number().optional(),
    }),
  ),
});

export type ListResults = z.infer<typeof listResultsSchema>;

/** `ablation.json`: the recipe as it is and without each part. */
export const ablationFileSchema = z.array(z.object({ change: z.string(), accuracy: z.number() }));

export type Ablation = z.infer<typeof ablationFileSchema>;
