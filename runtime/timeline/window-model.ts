import type { FeatureConfig } from "../../features/feature-config.ts";

/** As many samples as the model's clip has, at its rate; fewer in a sound that is shorter. */
export interface SoundWindow {
  readonly samples: Float32Array;
  /** Where it begins in the sound; without it, it shares nothing with the windows before. */
  readonly startSamples?: number;
}

/** @returns logits, row-major [windows, labels] */
export type WindowScorer = (windows: readonly SoundWindow[]) => Promise<Float32Array>;

/** What the long and the live ways of listening need of a classifier. */
export interface WindowModel {
  readonly labels: readonly string[];
  readonly features: FeatureConfig;
  /** For the windows of one sound, in their order. @param windowHopSamples between two windows */
  openWindows(windowHopSamples: number): WindowScorer;
}
