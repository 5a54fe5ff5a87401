import type { FeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import type { LogMel } from "../../features/log-mel.ts";
import type { ClipScorer } from "../clip-scorer.ts";
import type { FeatureParts } from "./feature-parts.ts";
import type { SoundWindow, WindowScorer } from "./window-model.ts";

interface WindowSource {
  readonly features: FeatureConfig;
  readonly scorer: Pick<ClipScorer, "score">;
  /** Called at most once, when windows overlap for the first time. */
  readonly openParts: () => Promise<FeatureParts | undefined>;
}

/** Scorers for the windows of many sounds. */
export interface WindowScorers {
  /** For one sound. Windows that overlap by whole frames share them, unless the model cannot be cut. */
  open(windowHopSamples: number): WindowScorer;
  dispose(): Promise<void>;
}

export function createWindowScorers({ features, scorer, openParts }: WindowSource): WindowScorers {
  const whole: WindowScorer = (windows) => scorer.score(windows.map(({ samples }) => samples));
  let opening: Promise<FeatureParts | undefined> | undefined;
  return {
    open(windowHopSamples) {
      if (windowHopSamples % features.hopSamples !== 0 || windowHopSamples >= countClipSamples(features))
        return whole;
      let score: WindowScorer | undefined;
      return async (windows) => {
        opening ??= openParts();
        const parts = await opening;
        score ??= parts === undefined ? whole : createWindowScorer(parts, features);
        return score(windows);
      };
    },
    async dispose() {
      const parts = await opening?.catch(() => undefined); // whose score() has told why it did not open
      await parts?.dispose();
    },
  };
}

/**
 * Scores the windows of one sound, in their order, and computes each frame of features once, however many windows it
 * lies in. Windows must begin at multiples of `hopSamples` to share frames; one without a place has its own.
 */
export function createWindowScorer(
  { extractor, network }: FeatureParts,
  { hopSamples }: Pick<FeatureConfig, "hopSamples">,
): WindowScorer {
  /** The last window's features, and where they begin. */
  let held: Placed = { firstFrame: 0, frames: 0, bands: 0, values: new Float32Array() };

  const extract = async ({ samples, startSamples }: SoundWindow): Promise<LogMel> => {
    const firstFrame = startSamples === undefined ? undefined : startSamples / hopSamples;
    if (!isWhole(firstFrame)) return extractor.extract(samples);
    const skipped = firstFrame - held.firstFrame;
    const kept = skipped < 0 ? 0 : Math.max(0, held.frames - skipped);
    const fresh = await extractor.extract(samples.subarray(kept * hopSamples));
    const old = held.values.subarray(held.values.length - kept * held.bands);
    held = { ...fresh, firstFrame, frames: kept + fresh.frames, values: joinBlocks([old, fresh.values]) };
    return held;
  };

  return async (windows) => {
    const features: LogMel[] = [];
    for (const window of windows) features.push(await extract(window));
    const { frames, bands } = features[0] ?? held;
    return network.score(joinBlocks(features.map(({ values }) => values)), [windows.length, frames, bands]);
  };
}

function isWhole(frame: number | undefined): frame is number {
  return Number.isInteger(frame);
}

interface Placed extends LogMel {
  readonly firstFrame: number;
}
