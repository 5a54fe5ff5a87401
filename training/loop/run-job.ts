import { mkdir } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import type { ClipEmbeddings } from "../data/backbone-lessons.ts";
import { countTargetNumbers, createBatchSource } from "../data/batch-source.ts";
import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";
import { findBestEpoch, hasStoppedEarly } from "./best-epoch.ts";
import { evaluateExamples } from "../scoring/evaluate.ts";
import { finishJob } from "./finish-job.ts";
import { hashData } from "../data/hash-data.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import type { JobResult } from "../../run-files/job-result.ts";
import {
  noBackgroundFeatures,
  prepareData,
  type BackgroundFeatures,
  type PreparedData,
  type SpeedVariants,
} from "../data/prepare-data.ts";
import type { TrainingEvent } from "./progress.ts";
import { findFinished, findResumePoint, type Identity } from "../checkpoints/resume.ts";
import { appendMetrics, restoreMetrics } from "../checkpoints/metrics-file.ts";
import { saveState } from "../checkpoints/save-state.ts";
import { computeRateFactor } from "./learning-rate-schedule.ts";
import { trainEpoch } from "./train-epoch.ts";
import { createTrainStep } from "./train-step.ts";
import { loadTeachers } from "./teachers.ts";
import {
  createTrainingState,
  disposeTrainingState,
  getUsedModel,
  listResumedValues,
  type TrainingState,
} from "./training-state.ts";
import { getTask } from "../task.ts";
import { writeVariables } from "./variables.ts";
import { warmStart } from "./warm-start.ts";

interface RunOptions {
  readonly onEvent?: (event: TrainingEvent) => void;
  /** The clips at other speeds, where the augmentation asks for them. */
  readonly variants?: SpeedVariants;
  /** Sounds of no class, as log-mel, where the augmentation asks for them. */
  readonly background?: BackgroundFeatures;
  /** Of every clip by its id, where the job learns from a backbone. */
  readonly embeddings?: ClipEmbeddings;
  /** Where trained jobs lie that this one starts or learns from, by the folder that its settings name; else there. */
  readonly trainedFolders?: Readonly<Record<string, string>>;
  /** Aborted: the running epoch is finished and saved, then the job returns. */
  readonly signal?: AbortSignal;
}

export type JobOutcome =
  | { readonly status: "finished" | "already finished"; readonly result: JobResult }
  | { readonly status: "interrupted"; readonly epochs: number };

/**
 * Trains a job in its folder: metrics.jsonl, checkpoints/, result.json. Called again after any end, kill -9 included,
 * it goes on from the last whole checkpoint and arrives at the same weights to the bit; a finished job is left alone,
 * unless a file of it is gone or damaged, which is made again.
 * The engine must be loaded (`loadEngine`).
 * @throws UserError on data or settings that cannot be trained, and when the loss diverges
 */
export async function runJob(
  job: TrainingJob,
  featureSet: FeatureSet,
  folder: string,
  {
    onEvent = () => undefined,
    variants = new Map(),
    background = noBackgroundFeatures,
    embeddings = new Map(),
    trainedFolders = {},
    signal,
  }: RunOptions = {},
): Promise<JobOutcome> {
  const identity: Identity = {
    job,
    engine: tf.getBackend(),
    dataHash: hashData(featureSet, background.id),
  };
  const onNotice = (message: string): void => {
    onEvent({ kind: "notice", message });
  };
  const finished = await findFinished(folder, identity, onNotice);
  if (finished !== null) return { status: "already finished", result: finished };
  await mkdir(folder, { recursive: true });
  const data = await prepareData(job, featureSet, variants, background, embeddings);
  const state = createTrainingState(job, countTargetNumbers(data.train, job) - job.network.classes);
  try {
    if (job.warmStart !== null) {
      const { folds, warmStart: folder } = job;
      const { dataHash } = identity;
      const source = trainedFolders[folder] ?? folder;
      const { taken, warning } = await warmStart(state, source, { folds, dataHash });
      onNotice(`${taken} weights taken from ${folder}`);
      if (warning !== null) onNotice(`warning: ${warning}`);
    }
    const history = await resume(folder, identity, state, onNotice);
    await trainEpochs({ job, data, state, history, folder, identity, trainedFolders, onEvent, signal });
    if (!isDone(job, history)) return { status: "interrupted", epochs: history.length };
    const result = await finishJob({ folder, identity, data, state, history, featureSet });
    return { status: "finished", result };
  } finally {
    disposeTrainingState(state);
  }
}

interface Running {
  readonly job: TrainingJob;
  readonly data: PreparedData;
  readonly state: TrainingState;
  /** Grows by each finished epoch. */
  readonly history: EpochMetrics[];
  readonly folder: string;
  readonly identity: Identity;
  readonly trainedFolders: Readonly<Record<string, string>>;
  readonly onEvent: (event: TrainingEvent) => void;
  readonly signal: AbortSignal | undefined;
}

/** Sets the state to the last whole checkpoint's and returns its history, empty without one. */
async function resume(
  folder: string,
  identity: Identity,
  state: TrainingState,
  onNotice: (message: string) => void,
): Promise<EpochMetrics[]> {
  const point = await findResumePoint(folder, identity, onNotice);
  if (point !== null) {
    writeVariables(listResumedValues(state), [...point.weights, ...point.state], point.folder);
    onNotice(`going on after epoch ${point.checkpoint.history.length} of ${identity.job.epochs}`);
  }
  const history = point === null ? [] : [...point.checkpoint.history];
  await restoreMetrics(folder, history);
  return history;
}

function isDone(job: TrainingJob, history: readonly EpochMetrics[]): boolean {
  return history.length >= job.epochs || hasStoppedEarly(history, job.earlyStopping);
}

async function trainEpochs(running: Running): Promise<void> {
  const { job, data, state, history, folder, onEvent, signal } = running;
  const source = createBatchSource(data.train, job, data.standardisation, data.background);
  const runStep = createTrainStep(state);
  const teachers = await loadTeachers(job, data.standardisation, running.trainedFolders);
  let saved = { epoch: history.length, atMs: performance.now() };
  const save = async (): Promise<void> => {
    await saveState(running);
    saved = { epoch: history.length, atMs: performance.now() };
  };
  while (!isDone(job, history) && !signal?.aborted) {
    const started = performance.now();
    const epoch = history.length + 1;
    const outcome = await trainEpoch({
      job,
      runStep,
      source,
      teachers,
      epoch,
      learningRateAt: (step) => {
        const { stepsPerEpoch } = source;
        const position = { step, steps: job.epochs * stepsPerEpoch, stepsPerEpoch, history };
        return job.optimiser.learningRate * computeRateFactor(job.schedule, position);
      },
      onStep: (progress) => {
        onEvent({ kind: "step", progress });
      },
    });
    const validation =
      data.validation.length > 0
        ? await evaluateExamples(getUsedModel(state), data.validation, job.network.classes, getTask(job))
        : null;
    const metrics: EpochMetrics = {
      epoch,
      learningRate: outcome.learningRate,
      trainLoss: outcome.loss,
      trainAccuracy: outcome.accuracy,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      ...(validation?.meanAveragePrecision !== undefined && {
        validationMeanAveragePrecision: validation.meanAveragePrecision,
      }),
      seconds: (performance.now() - started) / 1000,
      examplesPerSecond: outcome.examplesPerSecond,
    };
    history.push(metrics);
    await appendMetrics(folder, metrics);
    const improved = job.select === "best" && findBestEpoch(history) === epoch;
    const due = performance.now() - saved.atMs >= 1000 * job.checkpointSeconds;
    if (improved || due) await save();
    onEvent({ kind: "epoch", metrics, epochs: job.epochs });
  }
  if (saved.epoch < history.length) await save();
  teachers?.dispose();
}
