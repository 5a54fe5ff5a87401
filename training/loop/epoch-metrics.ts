import * as z from "zod";

const share = z.number().min(0).max(1);

/** One line of metrics.jsonl. Losses are means over examples; validation is null where no fold validates. */
export const epochMetricsSchema = z.strictObject({
  /** From 1. */
  epoch: z.int().positive(),
  /** Of the epoch's last step. */
  learningRate: z.number(),
  trainLoss: z.number(),
  /** On the batches as they passed, in training mode. */
  trainAccuracy: share,
  validationLoss: z.number().nullable(),
  validationAccuracy: share.nullable(),
  seconds: z.number(),
  examplesPerSecond: z.number(),
});

export type EpochMetrics = z.infer<typeof epochMetricsSchema>;

/** 1-based epoch with the highest validation accuracy, then the lowest loss, then the earliest; the last without validation. */
export function findBestEpoch(history: readonly EpochMetrics[]): number {
  const best = history.reduce((champion, candidate) =>
    isBetter(candidate, champion) ? candidate : champion,
  );
  return best.epoch;
}

function isBetter(candidate: EpochMetrics, champion: EpochMetrics): boolean {
  if (candidate.validationAccuracy === null || champion.validationAccuracy === null)
    return candidate.epoch > champion.epoch;
  if (candidate.validationAccuracy !== champion.validationAccuracy)
    return candidate.validationAccuracy > champion.validationAccuracy;
  return (candidate.validationLoss ?? Infinity) < (champion.validationLoss ?? Infinity);
}
