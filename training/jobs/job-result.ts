import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import type { Evaluation } from "../scoring/evaluate.ts";
import { trainingJobSchema } from "./job.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";

const evaluationSchema = z.strictObject({
  clips: z.int(),
  accuracy: z.number(),
  macroF1: z.number(),
  loss: z.number(),
  /** `confusion[actual][predicted]`. */
  confusion: z.array(z.array(z.number())),
});

/** result.json of a finished job. */
const jobResultSchema = z.strictObject({
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

export async function writeResult(folder: string, result: JobResult): Promise<void> {
  await writeFileAtomically(path.join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
}

/** The result of a finished job, or null where none has finished. @throws UserError when the file is no result */
export async function readResult(folder: string): Promise<JobResult | null> {
  const file = path.join(folder, "result.json");
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

/** The part of an evaluation that goes into a file. */
export function pickMetrics({
  clips,
  accuracy,
  macroF1,
  loss,
  confusion,
}: Evaluation): z.infer<typeof evaluationSchema> {
  return { clips, accuracy, macroF1, loss, confusion: confusion.map((row) => [...row]) };
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
