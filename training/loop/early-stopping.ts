import * as z from "zod";
import { findBestEpoch, type EpochMetrics } from "./epoch-metrics.ts";

export const earlyStoppingSchema = z.strictObject({
  /** Epochs without a better validation accuracy (or equal with lower loss) after which training ends. */
  patienceEpochs: z.int().positive(),
});

/** Whether a run has ended before its last epoch. */
export function hasStoppedEarly(
  history: readonly EpochMetrics[],
  rule: z.infer<typeof earlyStoppingSchema> | null,
): boolean {
  if (rule === null || history.length === 0) return false;
  return history.length - findBestEpoch(history) >= rule.patienceEpochs;
}
