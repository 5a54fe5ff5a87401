import type { FeatureConfig } from "../features/feature-config.ts";

/** What the long and the live ways of listening need of a classifier. */
export interface WindowModel {
  readonly labels: readonly string[];
  readonly features: FeatureConfig;
  /** @param windows each of the model's clip length, at its rate @returns logits, row-major [windows, labels] */
  scoreWindows(windows: readonly Float32Array[]): Promise<Float32Array>;
}
