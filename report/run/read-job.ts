import type * as z from "zod";
import { describeJob } from "./job-settings.ts";
import { readJson, readJsonLines, type Complain } from "./read-files.ts";
import { configSchema, epochRowSchema, jobResultSchema, predictionSchema } from "./run-files.ts";
import type { EpochRow, JobRun, KeptEvaluation, Prediction } from "./run-result.ts";

interface JobFolder {
  readonly name: string;
  readonly folder: string;
  /** One of many, some of which may not have begun: what it has not made yet is no complaint. */
  readonly isOneOfMany: boolean;
  readonly complain: Complain;
}

export interface ReadJob {
  readonly run: JobRun;
  readonly engine: string | null;
}

/** Reads what one training job left in its folder, finished or not. */
export async function readJob({ name, folder, isOneOfMany, complain }: JobFolder): Promise<ReadJob> {
  const options = { folder, complain };
  const config = await readJson("config.json", configSchema, { ...options, expected: false });
  const result = await readJson("result.json", jobResultSchema, { ...options, expected: false });
  const settings = describeJob(result?.job ?? config?.job);
  const made = { ...options, expected: !isOneOfMany };
  const epochs = (await readJsonLines("metrics.jsonl", epochRowSchema, made)).map(readEpoch);
  const predictions = (await readJsonLines("predictions.jsonl", predictionSchema, made)).map(readPrediction);
  if (
    settings.epochs !== null &&
    epochs.length > 0 &&
    epochs.length < settings.epochs &&
    result === undefined
  ) {
    complain(`Training stopped after ${epochs.length} of ${settings.epochs} epochs.`);
  }
  const run: JobRun = {
    name,
    settings,
    epochs,
    predictions,
    selectedEpoch: result?.selectedEpoch ?? null,
    kept: { validation: readKept(result?.validation), test: readKept(result?.test) },
  };
  return { run, engine: result?.engine ?? null };
}

function readEpoch(row: z.infer<typeof epochRowSchema>): EpochRow {
  return {
    epoch: row.epoch,
    trainLoss: row.trainLoss ?? null,
    trainAccuracy: row.trainAccuracy ?? null,
    validationLoss: row.validationLoss ?? null,
    validationAccuracy: row.validationAccuracy ?? null,
    seconds: row.seconds ?? null,
    examplesPerSecond: row.examplesPerSecond ?? null,
  };
}

function readPrediction(row: z.infer<typeof predictionSchema>): Prediction {
  const { split, id, label, logits } = row;
  return { split, id, label, logits, source: row.source ?? null, fold: row.fold ?? null };
}

function readKept(kept: z.infer<typeof jobResultSchema>["test"]): KeptEvaluation | null {
  if (kept === null || kept === undefined) return null;
  const { clips, accuracy, confusion } = kept;
  return { clips, accuracy, confusion, macroF1: kept.macroF1 ?? null, loss: kept.loss ?? null };
}
