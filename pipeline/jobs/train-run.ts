import { UserError } from "../../common/user-error.ts";
import { loadEngine } from "../../training/engine.ts";
import { type JobResult, readResult } from "../../run-files/job-result.ts";
import { runJob } from "../../training/loop/run-job.ts";
import type { TrainingEvent } from "../../training/loop/progress.ts";
import { describeEnvironment } from "../runs/environment.ts";
import { environmentSchema } from "../../run-files/stage-files.ts";
import { readIfWhole, writeJson } from "../../run-files/json-file.ts";
import { openRunFeatures, type RunFeatures } from "../runs/open-data.ts";
import { lockRun } from "../runs/lock-run.ts";
import type { Run } from "../runs/run-folder.ts";
import { createRunLog, openEventFile } from "../runs/run-log.ts";
import { arePredictionsWhole, writePredictions } from "./predictions.ts";

export interface TrainedRun {
  /** Name and versions of what computed. */
  readonly engine: string;
  readonly wasTrainedBefore: boolean;
  readonly result: JobResult;
}

export interface TrainOptions {
  /** Also writes an event file for TensorBoard. */
  readonly tensorboard?: boolean;
  /** Where trained jobs lie that this one starts or learns from, by the folder that its settings name; else there. */
  readonly trainedFolders?: Readonly<Record<string, string>>;
  readonly onEvent: (event: TrainingEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Trains a run's job in its folder, unless it is trained already, and writes what it predicts.
 * @throws UserError when it was interrupted (the same command goes on), or another process is training it
 */
export async function trainRun(run: Run, options: TrainOptions): Promise<TrainedRun> {
  return await lockRun(run.folder, async () => {
    const engine = await loadEngine(run.config.engine, run.config.threads);
    const { close, ...features } = await openRunFeatures(run.config);
    try {
      return await trainOnFeatures(run, engine.version, features, options);
    } finally {
      await close();
    }
  });
}

/** Trains on features that are open, in a folder that is this process's; a part of `trainRun`. */
export async function trainOnFeatures(
  run: Run,
  engine: string,
  { featureSet, variants, background, embeddings }: Omit<RunFeatures, "close">,
  { tensorboard = false, trainedFolders = {}, signal, onEvent: report }: TrainOptions,
): Promise<TrainedRun> {
  const log = createRunLog(run.folder);
  try {
    const isTrained = (await readResult(run.folder).catch(() => null)) !== null;
    if (!isTrained || (await readIfWhole(run.files.environment, environmentSchema)) === undefined)
      await writeJson(run.files.environment, { ...(await describeEnvironment()), engine });
    const writeEvent = tensorboard ? await openEventFile(run.folder) : () => undefined;
    const onEvent = (event: TrainingEvent): void => {
      log.note(event);
      writeEvent(event);
      report(event);
    };
    log.write(`training with ${engine}`);
    const outcome = await runJob(run.config.job, featureSet, run.folder, {
      onEvent,
      signal,
      variants,
      background,
      trainedFolders,
      embeddings,
    });
    log.write(outcome.status);
    if (outcome.status === "interrupted")
      throw new UserError(
        `stopped after epoch ${outcome.epochs}, saved; the same command goes on from there`,
      );
    if (outcome.status === "finished" || !(await arePredictionsWhole(run, featureSet)))
      await writePredictions(run, featureSet);
    const { status, result } = outcome;
    return { engine, wasTrainedBefore: status === "already finished", result };
  } catch (error) {
    log.write(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
