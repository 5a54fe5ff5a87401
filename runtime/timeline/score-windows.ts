import { type FeatureConfig } from "../../features/feature-config.ts";
import { countClipFrames, locateFrames } from "../../features/fit-clip.ts";
import { at } from "../../common/at.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import type { LogMel } from "../../features/log-mel.ts";
import type { ClipScorer } from "../clip-scorer.ts";
import type { FeatureParts } from "./feature-parts.ts";
import type { SoundWindow, StepAnswers, WindowAnswer, WindowScorer } from "./window-model.ts";

interface WindowSource {
  readonly features: FeatureConfig;
  readonly scorer: Pick<ClipScorer, "score">;
  /** Called at most once, when the first window is scored. */
  readonly openParts: () => Promise<FeatureParts | undefined>;
}

/** Scorers for the windows of many sounds. */
export interface WindowScorers {
  /** For one sound. Windows that overlap by whole frames share them, unless the model cannot be cut. */
  open(): WindowScorer;
  dispose(): Promise<void>;
}

export function createWindowScorers({ features, scorer, openParts }: WindowSource): WindowScorers {
  let opening: Promise<FeatureParts | undefined> | undefined;
  return {
    open() {
      let score: WindowScorer | undefined;
      return async (windows) => {
        opening ??= openParts();
        const parts = await opening;
        score ??= parts === undefined ? createWholeScorer(scorer) : createWindowScorer(parts, features);
        return score(windows);
      };
    },
    async dispose() {
      const parts = await opening?.catch(() => undefined); // whose score() has said why it did not open
      await parts?.dispose();
    },
  };
}

/** Each window is a clip for the model. The last one of a sound may be shorter: it runs alone. */
function createWholeScorer(scorer: Pick<ClipScorer, "score">): WindowScorer {
  return async (windows) => {
    const logits = await scorer.score(windows.map(({ samples }) => samples));
    return splitRows(logits, windows.length).map((row) => ({ logits: row }));
  };
}

/**
 * Scores the windows of one sound, in their order, and computes each frame of features once, however many windows it
 * lies in. Windows must begin a multiple of `hopSamples` after the first one to share frames.
 */
export function createWindowScorer(
  { extractor, network, toPower }: FeatureParts,
  config: FeatureConfig,
): WindowScorer {
  const { hopSamples, fftSamples } = config;
  /** The last window's features, and where they begin. */
  let held: Placed = { startSamples: 0, frames: 0, bands: 0, values: new Float32Array() };

  const extract = async ({ samples, startSamples }: SoundWindow): Promise<LogMel> => {
    const skipped = (startSamples - held.startSamples) / hopSamples;
    const kept = Number.isInteger(skipped) && skipped >= 0 ? Math.max(0, held.frames - skipped) : 0;
    const rest = samples.subarray(kept * hopSamples);
    // A sound that ends where a window ends has this window at its end once more: nothing of it is new.
    const isKnown = kept > 0 && rest.length < fftSamples;
    const fresh = isKnown
      ? { ...held, frames: 0, values: new Float32Array() }
      : await extractor.extract(rest);
    const old = held.values.subarray(held.values.length - kept * held.bands);
    held = { ...fresh, startSamples, frames: kept + fresh.frames, values: joinBlocks([old, fresh.values]) };
    return held;
  };

  return async (windows) => {
    const features: LogMel[] = [];
    for (const window of windows) features.push(await extract(window));
    const { frames, bands } = at(features, 0);
    const shape = [features.length, frames, bands] as const;
    const scores = await network.score(joinBlocks(features.map(({ values }) => values)), shape);
    const logits = splitRows(scores.windows, windows.length);
    if (scores.steps === undefined) return logits.map((row) => ({ logits: row }));
    const labels = at(logits, 0).length;
    const steps = splitRows(scores.steps, windows.length);
    return logits.map((row, index): WindowAnswer => {
      const own = at(features, index);
      return { logits: row, steps: placeSteps(own, at(steps, index), labels, config, toPower) };
    });
  };
}

/**
 * The steps of a fitted clip, placed in the clip that it was made of. A frame counts for the hop in its middle. Steps
 * behind the clip's end, which repeat its beginning, are left out.
 */
function placeSteps(
  clip: LogMel,
  logits: Float32Array,
  labels: number,
  config: FeatureConfig,
  toPower: (value: number) => number,
): StepAnswers {
  const clipFrames = countClipFrames(config);
  const { first, length } = locateFrames(clip, clipFrames, config, toPower);
  const stepFrames = Math.round((clipFrames * labels) / logits.length);
  const { hopSamples, fftSamples } = config;
  return {
    startSamples: first * hopSamples + (fftSamples - hopSamples) / 2,
    stepSamples: stepFrames * hopSamples,
    logits: logits.subarray(0, Math.ceil(length / stepFrames) * labels),
  };
}

/** Equal parts, one for each window. */
function splitRows(values: Float32Array, rows: number): Float32Array[] {
  const length = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * length, (row + 1) * length));
}

interface Placed extends LogMel {
  readonly startSamples: number;
}
