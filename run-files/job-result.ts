import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../common/user-error.ts";
import { trainingJobSchema } from "./job.ts";
import { writeJson } from "./json-file.ts";

/** How well a network classifies a set of clips. Fractions are 0 to 1; the loss is the mean cross-entropy in nats. */
const evaluationSchema = z.strictObject({
  clips: z.int(),
  accuracy: z.number(),
  macroF1: z.number(),
  loss: z.number(),
  /** `confusion[actual][predicted]`. */
  confusion: z.array(z.array(z.number())),
});

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
    }),
    ...(testCrops && { testCropsAccuracy: testCrops.accuracy }),
    ...(test && { testLoss: test.loss, testAccuracy: test.accuracy, testMacroF1: test.macroF1 }),
  };
}
