import * as z from "zod";
import { epochMetricsSchema } from "../../run-files/epoch-metrics.ts";
import { jobResultSchema } from "../../run-files/job-result.ts";
import { predictionSchema } from "../../run-files/prediction.ts";
import { describeJob, readableJobSchema } from "./job-settings.ts";
import { readJson, readJsonLines, type Complain } from "./read-files.ts";
import type { JobRun } from "./run-result.ts";

const readableConfigSchema = z.looseObject({ job: readableJobSchema.optional() });

const readableResultSchema = z.looseObject({
  ...jobResultSchema.pick({ engine: true, selectedEpoch: true, validation: true, test: true }).shape,
  job: readableJobSchema,
});

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
  const config = await readJson("config.json", readableConfigSchema, { ...options, expected: false });
  const result = await readJson("result.json", readableResultSchema, { ...options, expected: false });
  const settings = describeJob(result?.job ?? config?.job);
  const made = { ...options, expected: !isOneOfMany };
  const epochs = await readJsonLines("metrics.jsonl", epochMetricsSchema, made);
  const predictions = await readJsonLines("predictions.jsonl", predictionSchema, made);
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
    kept: { validation: result?.validation ?? null, test: result?.test ?? null },
  };
  return { run, engine: result?.engine ?? null };
}
