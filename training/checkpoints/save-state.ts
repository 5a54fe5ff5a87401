import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";
import { findBestEpoch } from "../loop/best-epoch.ts";
import { listCheckpoints, pruneCheckpoints, writeCheckpoint } from "./checkpoint-store.ts";
import type { PreparedData } from "../data/prepare-data.ts";
import type { Identity } from "./resume.ts";
import {
  getUsedModel,
  listStoredWeights,
  listStateValues,
  type TrainingState,
} from "../loop/training-state.ts";
import { readVariables } from "../loop/variables.ts";

interface Saved {
  readonly folder: string;
  readonly identity: Identity;
  readonly data: PreparedData;
  readonly state: TrainingState;
  readonly history: readonly EpochMetrics[];
}

/**
 * Writes the checkpoint of the epoch that has just ended and removes those no longer needed: the best and the one
 * before stay, so that a damaged file costs a few epochs and not the run.
 */
export async function saveState({ folder, identity, data, state, history }: Saved): Promise<void> {
  await writeCheckpoint(folder, {
    description: {
      ...identity,
      labels: [...data.labels],
      standardisation: {
        mean: [...data.standardisation.mean],
        deviation: [...data.standardisation.deviation],
      },
      history: [...history],
    },
    weights: await readVariables(listStoredWeights(getUsedModel(state))),
    state: await readVariables(listStateValues(state)),
    topology: getUsedModel(state).toJSON(null, false),
  });
  const epochs = (await listCheckpoints(folder)).filter((epoch) => epoch <= history.length);
  await pruneCheckpoints(folder, [findBestEpoch(history), ...epochs.slice(-2)]);
}
