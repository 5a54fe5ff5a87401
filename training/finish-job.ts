import { nameCheckpoint } from "./checkpoint-store.ts";
import type { PreparedData } from "./prepare-data.ts";
import { findBestEpoch, type EpochMetrics } from "./checkpoint-format.ts";
import { loadCheckpoint } from "./checkpoint-store.ts";
import { evaluateExamples } from "./evaluate.ts";
import { pickMetrics, writeResult, type JobResult } from "./job-result.ts";
import type { Example } from "./read-examples.ts";
import type { Identity } from "./resume.ts";
import { listStoredWeights, type TrainingState } from "./training-state.ts";
import { writeVariables } from "./variables.ts";

interface Finished {
  readonly folder: string;
  readonly identity: Identity;
  readonly data: PreparedData;
  readonly state: TrainingState;
  readonly history: readonly EpochMetrics[];
}

/** Evaluates the selected epoch on the validation and test folds and writes result.json. */
export async function finishJob({ folder, identity, data, state, history }: Finished): Promise<JobResult> {
  const { job } = identity;
  const bestEpoch = findBestEpoch(history);
  const selectedEpoch = job.select === "best" ? bestEpoch : history.length;
  const checkpoint = `checkpoints/${nameCheckpoint(selectedEpoch)}`;
  const { weights } = await loadCheckpoint(`${folder}/${checkpoint}`);
  writeVariables(listStoredWeights(state.model), weights, checkpoint);
  const measure = async (examples: readonly Example[]): Promise<JobResult["test"]> =>
    examples.length === 0
      ? null
      : pickMetrics(await evaluateExamples(state.model, examples, job.network.classes));
  const selected = history[selectedEpoch - 1];
  const result: JobResult = {
    ...identity,
    epochs: history.length,
    selectedEpoch,
    bestEpoch,
    checkpoint,
    trainLoss: selected?.trainLoss ?? NaN,
    trainAccuracy: selected?.trainAccuracy ?? NaN,
    validation: await measure(data.validation),
    test: await measure(data.test),
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
  };
  await writeResult(folder, result);
  return result;
}
