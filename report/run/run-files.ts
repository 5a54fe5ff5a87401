import * as z from "zod";
import { parityResultSchema } from "../../features/model-metadata.ts";

/** What a run's files hold, as far as a report reads them; other fields may stand beside. */

const number = z.number().nullish();

export const epochRowSchema = z.looseObject({
  epoch: z.int(),
  trainLoss: number,
  trainAccuracy: number,
  validationLoss: number,
  validationAccuracy: number,
  seconds: number,
  examplesPerSecond: number,
});

export const predictionSchema = z.looseObject({
  split: z.enum(["validation", "test"]),
  id: z.string(),
  source: z.string().nullish(),
  fold: z.number().nullish(),
  label: z.string(),
  logits: z.array(z.number()).min(1),
});

const keptEvaluationSchema = z.looseObject({
  clips: z.int(),
  accuracy: z.number(),
  macroF1: number,
  loss: number,
  confusion: z.array(z.array(z.number())).default([]),
});

const folds = z.array(z.number());

export const jobSchema = z.looseObject({
  network: z
    .union([z.string(), z.looseObject({ architecture: z.string(), heads: z.number().optional() })])
    .optional(),
  heads: z.number().optional(),
  folds: z.looseObject({ test: folds.default([]), validation: folds.default([]) }).optional(),
  testFold: z.number().optional(),
  validationFold: z.number().optional(),
  seed: z.number().optional(),
  epochs: z.number().optional(),
});

export const jobResultSchema = z.looseObject({
  job: jobSchema.optional(),
  engine: z.string().optional(),
  selectedEpoch: z.int().optional(),
  validation: keptEvaluationSchema.nullish(),
  test: keptEvaluationSchema.nullish(),
});

export const configSchema = z.looseObject({
  data: z.unknown(),
  protocol: z.string().optional(),
  command: z.string().optional(),
  job: jobSchema.optional(),
});

export const dataSchema = z.looseObject({
  name: z.string().optional(),
  layout: z.string().optional(),
  labels: z.array(z.string()).optional(),
  root: z.string().optional(),
  /** How many, or all of them. */
  clips: z
    .union([
      z.int(),
      z.array(
        z.looseObject({
          id: z.string(),
          path: z.string().optional(),
          label: z.string(),
          fold: z.number().optional(),
          source: z.string().optional(),
        }),
      ),
    ])
    .optional()
    .catch(undefined),
  warnings: z.array(z.string()).default([]),
});

/** What the features stage left out. */
export const featuresSchema = z.looseObject({
  skipped: z
    .array(z.looseObject({ id: z.string(), reason: z.string() }))
    .default([])
    .catch([]),
});

export const speedSchema = z.array(
  z.looseObject({ target: z.string(), input: z.string().optional(), millisecondsPerClip: z.number() }),
);

export const summarySchema = z.looseObject({
  engine: z.string().optional().catch(undefined),
  protocol: z.string().optional().catch(undefined),
  parameters: z.number().optional().catch(undefined),
  modelBytes: z.number().optional().catch(undefined),
  model: z.looseObject({ bytes: z.number(), parameters: z.number() }).optional().catch(undefined),
  labels: z.array(z.string()).optional().catch(undefined),
  speed: speedSchema.optional().catch(undefined),
  commands: z.array(z.string()).optional().catch(undefined),
});

const layersSchema = z.array(z.object({ layer: z.string(), maxAbsoluteDifference: z.number() }));

/** Results and, where two runtimes parted, what was found layer by layer. */
export const paritySchema = z.looseObject({
  results: z.array(parityResultSchema),
  layers: layersSchema.optional(),
});

export const stagesSchema = z.record(z.string(), z.number());

export const ablationSchema = z.array(
  z.looseObject({ change: z.string(), accuracy: z.number(), deviation: number }),
);
