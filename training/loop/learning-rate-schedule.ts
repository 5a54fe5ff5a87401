import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";
import type { Schedule } from "../../run-files/job.ts";

interface Position {
  /** Of the whole run, from 0. */
  readonly step: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Of the epochs that are done. */
  readonly history: readonly EpochMetrics[];
}

/**
 * Factor of the highest rate at a step. Warm-up and cosine: min(1, (s + 1) / (w S + 1)) (1 + cos(pi s / S)) / 2 at
 * step s of S with warm-up fraction w. A function of what is in a checkpoint, so that it resumes by itself.
 */
export function computeRateFactor(
  schedule: Schedule,
  { step, steps, stepsPerEpoch, history }: Position,
): number {
  switch (schedule.kind) {
    case "constant":
      return 1;
    case "warm-up-cosine": {
      const rise = Math.min(1, (step + 1) / (schedule.warmUpFraction * steps + 1));
      return (rise * (1 + Math.cos((Math.PI * step) / steps))) / 2;
    }
    case "step":
      return schedule.factor ** Math.floor(step / stepsPerEpoch / schedule.everyEpochs);
    case "plateau":
      return schedule.factor ** countPlateaus(history, schedule.patienceEpochs);
  }
}

/** How often the loss went `patience` epochs without a new minimum; counting starts anew after each time. */
function countPlateaus(history: readonly EpochMetrics[], patience: number): number {
  let plateaus = 0;
  let lowest = Infinity;
  let waited = 0;
  for (const { validationLoss, trainLoss } of history) {
    const loss = validationLoss ?? trainLoss;
    waited = loss < lowest ? 0 : waited + 1;
    lowest = Math.min(lowest, loss);
    if (waited === patience) {
      plateaus++;
      waited = 0;
    }
  }
  return plateaus;
}
