import type { FeatureConfig } from "../../features/feature-config.ts";
import type { Thresholded } from "../thresholds.ts";

/** As many samples as the model's clip has, at its rate; fewer in a sound that is shorter. */
export interface SoundWindow {
  readonly samples: Float32Array;
  /** Where it begins in the sound. */
  readonly startSamples: number;
}

/** What a model answers for one window. */
export interface WindowAnswer {
  /** [labels] */
  readonly logits: Float32Array;
  /** The network's own answer for each step of time in the window, where the network can be cut before its pooling. */
  readonly steps?: StepAnswers;
}

/** Answers for steps of equal length that follow each other. What lies before the first and after the last is silence. */
export interface StepAnswers {
  /** From the window's start to the first step's; below 0 where the window does not begin with the sound. */
  readonly startSamples: number;
  readonly stepSamples: number;
  /** Row-major [steps, labels]. */
  readonly logits: Float32Array;
}

/** @returns an answer for each window, in their order */
export type WindowScorer = (windows: readonly SoundWindow[]) => Promise<readonly WindowAnswer[]>;

/** What timelines and streams need of a classifier. */
export interface WindowModel extends Thresholded {
  readonly features: FeatureConfig;
  /** By which logits are divided before they become probabilities; undefined: 1. */
  readonly temperature: number | undefined;
  /** For the windows of one sound, in their order. */
  openWindows(): WindowScorer;
}
