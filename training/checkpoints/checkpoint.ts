import { access } from "node:fs/promises";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs";
import type { FeatureConfig } from "../../features/feature-config.ts";
import type { Standardisation } from "../../features/input-transform.ts";
import { UserError } from "../../common/user-error.ts";
import { createNetwork } from "../../models/create-network.ts";
import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";
import { listCheckpoints, loadCheckpoint, nameCheckpoint } from "./checkpoint-store.ts";
import { nameMetrics, readResult } from "../../run-files/job-result.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { listStoredWeights } from "../loop/training-state.ts";
import { writeVariables } from "../loop/variables.ts";

/** A network as trained, with all that is needed to use it. */
export interface TrainedModel {
  readonly model: tf.LayersModel;
  readonly labels: readonly string[];
  readonly features: FeatureConfig;
  readonly standardisation: Standardisation;
  /** Accuracies (0 to 1) and losses, named as in summary.json. */
  readonly metrics: Record<string, number>;
  readonly job: TrainingJob;
  /** Of the clips and classes that it was trained on. */
  readonly dataHash: string;
}

/**
 * Reads a trained network from a job's folder (the epoch that it selected; before its end, the latest) or from one of
 * its `checkpoints/epoch-*`. An engine must be loaded. @throws UserError when there is none, or it is cut or changed
 */
export async function readCheckpoint(folder: string): Promise<TrainedModel> {
  const selected = await locateCheckpoint(folder);
  const { checkpoint, weights } = await loadCheckpoint(selected.folder);
  const { job, labels, standardisation, history, dataHash } = checkpoint;
  const model = createNetwork(job.network, job.seed);
  writeVariables(listStoredWeights(model), weights, selected.folder);
  const metrics = selected.metrics ?? describeEpoch(history.at(-1));
  return { model, labels, features: job.features, standardisation, metrics, job, dataHash };
}

interface Located {
  readonly folder: string;
  /** Of the finished job, test included. */
  readonly metrics?: Record<string, number>;
}

async function locateCheckpoint(folder: string): Promise<Located> {
  if (await exists(path.join(folder, "checkpoint.json"))) return { folder };
  const result = await readResult(folder);
  if (result !== null) return { folder: path.join(folder, result.checkpoint), metrics: nameMetrics(result) };
  const latest = (await listCheckpoints(folder)).at(-1);
  if (latest === undefined)
    throw new UserError(`${folder}: expected a trained network, got a folder without checkpoints`);
  return { folder: path.join(folder, "checkpoints", nameCheckpoint(latest)) };
}

function describeEpoch(metrics: EpochMetrics | undefined): Record<string, number> {
  if (metrics === undefined) return {};
  const { trainLoss, trainAccuracy, validationLoss, validationAccuracy } = metrics;
  const { validationMeanAveragePrecision = null } = metrics;
  return {
    trainLoss,
    trainAccuracy,
    ...(validationLoss !== null && { validationLoss }),
    ...(validationAccuracy !== null && { validationAccuracy }),
    ...(validationMeanAveragePrecision !== null && { validationMeanAveragePrecision }),
  };
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
