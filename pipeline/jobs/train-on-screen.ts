import type { Run } from "../runs/run-folder.ts";
import { showTraining } from "./show-training.ts";
import { trainRun } from "./train-run.ts";

/** Trains a run with its progress on the screen. @returns what to say of it */
export async function trainOnScreen(run: Run, tensorboard = false): Promise<string> {
  const { engine, wasTrainedBefore, result } = await showTraining((options) =>
    trainRun(run, { ...options, tensorboard }),
  );
  const { epochs, selectedEpoch, test } = result;
  const accuracy = test === null ? "" : `, test accuracy ${(100 * test.accuracy).toFixed(1)} %`;
  const state = wasTrainedBefore ? "already trained: " : "";
  return `${state}${epochs} epochs with ${engine}, epoch ${selectedEpoch} taken${accuracy}`;
}
