import { readValidationScore, type EpochMetrics } from "../../run-files/epoch-metrics.ts";
import type { TrainingJob } from "../../run-files/job.ts";

/**
 * 1-based epoch with the highest validation score, then the lowest loss, then the earliest; the last without
 * validation.
 */
export function findBestEpoch(history: readonly EpochMetrics[]): number {
  const best = history.reduce((champion, candidate) =>
    isBetter(candidate, champion) ? candidate : champion,
  );
  return best.epoch;
}

function isBetter(candidate: EpochMetrics, champion: EpochMetrics): boolean {
  const [own, best] = [readValidationScore(candidate), readValidationScore(champion)];
  if (own === null || best === null) return candidate.epoch > champion.epoch;
  if (own !== best) return own > best;
  return (candidate.validationLoss ?? Infinity) < (champion.validationLoss ?? Infinity);
}

/** 1-based epoch whose weights a job stands for that has trained so far. */
export function selectEpoch(
  { select }: Pick<TrainingJob, "select">,
  history: readonly EpochMetrics[],
): number {
  return select === "best" ? findBestEpoch(history) : history.length;
}

/** Whether a run has ended before its last epoch. */
export function hasStoppedEarly(
  history: readonly EpochMetrics[],
  rule: TrainingJob["earlyStopping"],
): boolean {
  if (rule === null || history.length === 0) return false;
  return history.length - findBestEpoch(history) >= rule.patienceEpochs;
}
