import { extractBackground } from "../../datasets/background/extract-background.ts";
import { planBackground } from "../../datasets/background/generate-background.ts";
import { countClipFrames, fitClip } from "../../features/fit-clip.ts";
import type { LogMel } from "../../features/log-mel.ts";
import type { RunConfig } from "../../run-files/run-config.ts";
import { joinInputs } from "../../training/data/batch.ts";
import { predictLogits } from "../../training/scoring/predict-logits.ts";
import { transformInputs, type ScoringModel } from "../../training/scoring/tfjs-scorer.ts";
import { openDataset, readBackground } from "../runs/open-data.ts";
import { featureFolder } from "../program-folders.ts";

/** Sounds of each kind that thresholds are chosen by: 102, over eight minutes. */
export const soundCounts = { steady: 6, varied: 18 };

/** A window of background and what a network answers for it. */
export interface BackgroundAnswer {
  /** Of generated background; the name of the folder of recorded background. */
  readonly kind: string;
  readonly isRecorded: boolean;
  readonly logits: readonly number[];
}

interface BackgroundWindow {
  readonly kind: string;
  readonly isRecorded: boolean;
  readonly logMel: LogMel;
}

/**
 * Generated background, as log-mel fitted like clips. No stream but `training` is used in training. Meyda would take
 * a hundred times as long as the feature graph, for the same numbers.
 * @param stream which sounds: `thresholds` chooses, another one tests what was chosen
 */
export async function openGeneratedBackground(
  { job }: Pick<RunConfig, "job">,
  stream: "thresholds" | "thresholds, test",
): Promise<BackgroundWindow[]> {
  const { features } = job;
  const plan = planBackground(0, stream, soundCounts);
  const extractor = features.scalarFeatures.length === 0 ? "graph" : "meyda";
  const extracted = await extractBackground(plan, features, extractor, featureFolder);
  const frames = countClipFrames(features);
  return extracted.map(({ kind, logMel }) => ({
    kind,
    isRecorded: false,
    logMel: fitClip(logMel, frames, features),
  }));
}

/** Recorded background of the folds that a network was not trained on. */
export async function openRecordedBackground(
  config: RunConfig,
  folds: readonly number[],
): Promise<BackgroundWindow[]> {
  const windows = await readBackground(config, await openDataset(config), ({ fold }) => folds.includes(fold));
  return windows.map(({ clip, logMel }) => ({ kind: clip.label, isRecorded: true, logMel }));
}

/** A network's logits for each window. */
export async function scoreBackground(
  { model, features, standardisation }: ScoringModel,
  windows: readonly BackgroundWindow[],
): Promise<BackgroundAnswer[]> {
  const answers: BackgroundAnswer[] = [];
  for (const { kind, isRecorded, logMel } of windows) {
    const { values, shape } = joinInputs([logMel]);
    const inputs = transformInputs(values, shape, features, standardisation);
    answers.push({ kind, isRecorded, logits: [...(await predictLogits(model, inputs, shape))] });
  }
  return answers;
}
