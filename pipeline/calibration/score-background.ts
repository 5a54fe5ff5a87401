import { at } from "../../common/at.ts";
import { extractBackground } from "../../datasets/background/extract-background.ts";
import { generateBackground } from "../../datasets/background/generate-background.ts";
import { countClipFrames, fitClip } from "../../features/fit-clip.ts";
import type { LogMel } from "../../features/log-mel.ts";
import type { RunConfig } from "../../run-files/run-config.ts";
import { joinInputs } from "../../training/data/batch.ts";
import { predictLogits } from "../../training/scoring/predict-logits.ts";
import { transformInputs, type ScoringModel } from "../../training/scoring/tfjs-scorer.ts";
import { openDataset, readBackground } from "../runs/open-data.ts";

/** Sounds of each kind that thresholds are chosen by; their stream is not the one that training uses. */
const soundsPerKind = 16;

/** A window of background and what a network answers for it. */
export interface BackgroundAnswer {
  /** Of generated background; the name of the folder of recorded background. */
  readonly kind: string;
  readonly logits: readonly number[];
}

interface BackgroundWindow {
  readonly kind: string;
  readonly logMel: LogMel;
}

/** Generated background that training has not seen, as log-mel fitted like clips. */
export async function openGeneratedBackground({ extractor, job }: RunConfig): Promise<BackgroundWindow[]> {
  const sounds = [...generateBackground(0, "thresholds", soundsPerKind)];
  const extracted = await extractBackground(sounds, job.features, extractor);
  const frames = countClipFrames(job.features);
  return sounds.map(({ kind }, index) => ({
    kind,
    logMel: fitClip(at(extracted, index), frames, job.features),
  }));
}

/** Recorded background of the folds that a network was not trained on. */
export async function openRecordedBackground(
  config: RunConfig,
  folds: readonly number[],
): Promise<BackgroundWindow[]> {
  const windows = await readBackground(config, await openDataset(config), ({ fold }) => folds.includes(fold));
  return windows.map(({ clip, logMel }) => ({ kind: clip.label, logMel }));
}

/** A network's logits for each window. */
export async function scoreBackground(
  { model, features, standardisation }: ScoringModel,
  windows: readonly BackgroundWindow[],
): Promise<BackgroundAnswer[]> {
  const answers: BackgroundAnswer[] = [];
  for (const { kind, logMel } of windows) {
    const { values, shape } = joinInputs([logMel]);
    const inputs = transformInputs(values, shape, features, standardisation);
    answers.push({ kind, logits: [...(await predictLogits(model, inputs, shape))] });
  }
  return answers;
}
