import { at } from "../../common/at.ts";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import type { Scorer } from "../../features/scorer.ts";
import { loadCheckpoint, nameCheckpoint } from "../checkpoints/checkpoint-store.ts";
import { createCropScorer } from "../scoring/crop-scorer.ts";
import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";
import { findBestEpoch, selectEpoch } from "./best-epoch.ts";
import { evaluate, type Evaluation } from "../scoring/evaluate.ts";
import { writeResult, type JobResult } from "../../run-files/job-result.ts";
import type { PreparedData } from "../data/prepare-data.ts";
import type { Identity } from "../checkpoints/resume.ts";
import { getTask } from "../task.ts";
import { createTfjsScorer } from "../scoring/tfjs-scorer.ts";
import type { TrainingState } from "./training-state.ts";
import { writeVariables } from "./variables.ts";

interface Finished {
  readonly folder: string;
  readonly identity: Identity;
  readonly data: PreparedData;
  readonly state: TrainingState;
  readonly history: readonly EpochMetrics[];
  readonly featureSet: FeatureSet;
}

/** Evaluates the selected epoch on the validation and test folds and writes result.json. */
export async function finishJob(finished: Finished): Promise<JobResult> {
  const { folder, identity, data, state, history, featureSet } = finished;
  const { job } = identity;
  const { validation, test } = data.split;
  const bestEpoch = findBestEpoch(history);
  const selectedEpoch = selectEpoch(job, history);
  const checkpoint = `checkpoints/${nameCheckpoint(selectedEpoch)}`;
  const { weights } = await loadCheckpoint(`${folder}/${checkpoint}`);
  writeVariables(state.stored, weights, checkpoint);
  const { standardisation } = data;
  const scorer = createTfjsScorer({ model: state.model, features: job.features, standardisation });
  const measure = async (by: Scorer | null, indices: readonly number[]): Promise<KeptEvaluation | null> =>
    by === null || indices.length === 0
      ? null
      : pickMetrics(await evaluate(by, featureSet, indices, getTask(job)));
  const { trainLoss, trainAccuracy } = at(history, selectedEpoch - 1);
  const result: JobResult = {
    ...identity,
    epochs: history.length,
    selectedEpoch,
    bestEpoch,
    checkpoint,
    trainLoss,
    trainAccuracy,
    validation: await measure(scorer, validation),
    test: await measure(scorer, test),
    testCrops: await measure(wrapInCrops(scorer, identity), test),
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
  };
  await writeResult(folder, result);
  return result;
}

type KeptEvaluation = NonNullable<JobResult["test"]>;

/** The part of an evaluation that goes into a file. */
function pickMetrics(evaluation: Evaluation): KeptEvaluation {
  const { clips, accuracy, macroF1, loss, confusion, meanAveragePrecision, classes } = evaluation;
  return {
    clips,
    accuracy,
    macroF1,
    loss,
    ...(confusion !== undefined && { confusion }),
    ...(classes !== undefined && { meanAveragePrecision, classes }),
  };
}

function wrapInCrops(
  scorer: Scorer,
  { job: { testCrops, augmentation, labelling } }: Identity,
): Scorer | null {
  const cropFrames = augmentation?.cropFrames ?? null;
  return testCrops === 0 || cropFrames === null
    ? null
    : createCropScorer(scorer, { crops: testCrops, cropFrames, labelling });
}
