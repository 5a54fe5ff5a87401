import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../common/user-error.ts";
import { trainingJobSchema } from "./job.ts";
import { writeJson } from "./json-file.ts";

/**
 * How well a network classifies a set of clips. Fractions are 0 to 1; the loss is the mean cross-entropy in nats. Where
 * clips may have several classes, each is a yes-or-no question, answered yes from a probability of 0.5 on, and null
 * stands where there is nothing to divide by.
 */
const evaluationSchema = z.strictObject({
  clips: z.int(),
  /** Fraction of the clips that are classified right; of several classes, all of them and no other. */
  accuracy: z.number(),
  /** Mean over classes of 2 tp / (2 tp + fp + fn); a class that is neither present nor predicted is left out. */
  macroF1: z.number(),
  loss: z.number(),
  /** `confusion[actual][predicted]` counts clips; absent where clips may have several classes. */
  confusion: z.array(z.array(z.number())).optional(),
  /** Mean over the classes of the average precision; where clips may have several classes. */
  meanAveragePrecision: z.number().nullable().optional(),
  /** In the order of the labels, where clips may have several classes. */
  classes: z
    .array(
      z.strictObject({
        clips: z.int(),
        averagePrecision: z.number().nullable(),
        precision: z.number().nullable(),
        recall: z.number().nullable(),
        f1: z.number().nullable(),
      }),
    )
    .optional(),
});

/** What trainings are ranked by: the mean average precision where clips may have several classes, else the accuracy. */
export function readScore({
  accuracy,
  meanAveragePrecision,
}: Pick<z.infer<typeof evaluationSchema>, "accuracy" | "meanAveragePrecision">): number {
  return meanAveragePrecision ?? accuracy;
}

/** result.json of a finished job. */
export const jobResultSchema = z.strictObject({
  job: trainingJobSchema,
  engine: z.string(),
  dataHash: z.string(),
  epochs: z.int(),
  /** 1-based epoch whose weights the job stands for. */
  selectedEpoch: z.int(),
  bestEpoch: z.int(),
  /** Folder of the selected epoch's checkpoint, relative to the job's. */
  checkpoint: z.string(),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  validation: evaluationSchema.nullable(),
  test: evaluationSchema.nullable(),
  /** The test clips scored as several crops, where the job asks for it. */
  testCrops: evaluationSchema.nullable(),
  /** Training time over all starts, evaluation between epochs included. */
  seconds: z.number(),
});

export type JobResult = z.infer<typeof jobResultSchema>;

const resultFile = "result.json";

export async function writeResult(folder: string, result: JobResult): Promise<void> {
  await writeJson(path.join(folder, resultFile), result);
}

/** The result of a finished job, or null where none has finished. @throws UserError when the file is no result */
export async function readResult(folder: string): Promise<JobResult | null> {
  const file = path.join(folder, resultFile);
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return jobResultSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${file}: expected the result of a training job; remove it to train again`, {
      cause: error,
    });
  }
}

/** Accuracies and losses by the names that summaries use. */
export function nameMetrics(result: JobResult): Record<string, number> {
  const { trainLoss, trainAccuracy, validation, test, testCrops } = result;
  return {
    trainLoss,
    trainAccuracy,
    ...(validation && {
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
      validationMacroF1: validation.macroF1,
      ...namePrecision("validation", validation),
    }),
    ...(testCrops && { testCropsAccuracy: testCrops.accuracy, ...namePrecision("testCrops", testCrops) }),
    ...(test && {
      testLoss: test.loss,
      testAccuracy: test.accuracy,
      testMacroF1: test.macroF1,
      ...namePrecision("test", test),
    }),
  };
}

function namePrecision(
  split: string,
  { meanAveragePrecision }: NonNullable<JobResult["test"]>,
): Record<string, number> {
  return typeof meanAveragePrecision === "number"
    ? { [`${split}MeanAveragePrecision`]: meanAveragePrecision }
    : {};
}
