import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";

/** What a running job reports. */
export type TrainingEvent =
  | { readonly kind: "notice"; readonly message: string }
  | { readonly kind: "step"; readonly progress: StepProgress }
  | { readonly kind: "epoch"; readonly metrics: EpochMetrics; readonly epochs: number };

export interface StepProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of the whole job that are done, and their number. */
  readonly step: number;
  readonly steps: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly examplesPerSecond: number;
  readonly remainingSeconds: number;
}
