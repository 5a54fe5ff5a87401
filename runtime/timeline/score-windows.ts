import type { FeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { at } from "../../common/at.ts";
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
        score ??= parts === undefined ? whole : createWindowScorer(parts, whole, features);
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
 * lies in. Windows must begin at multiples of `hopSamples` to share frames.
 * @param whole scores windows that begin elsewhere, or without a place
 */
export function createWindowScorer(
  { extractor, network }: FeatureParts,
  whole: WindowScorer,
  { hopSamples }: Pick<FeatureConfig, "hopSamples">,
): WindowScorer {
  /** The last window's features, and where they begin. */
  let held: Placed = { firstFrame: 0, frames: 0, bands: 0, values: new Float32Array() };

  const extract = async (samples: Float32Array, firstFrame: number): Promise<LogMel> => {
    const skipped = firstFrame - held.firstFrame;
    const kept = skipped < 0 ? 0 : Math.max(0, held.frames - skipped);
    const fresh = await extractor.extract(samples.subarray(kept * hopSamples));
    const old = held.values.subarray(held.values.length - kept * held.bands);
    held = { ...fresh, firstFrame, frames: kept + fresh.frames, values: joinBlocks([old, fresh.values]) };
    return held;
  };

  /** @returns undefined for one that shares no frames */
  const findFirstFrame = ({ startSamples }: SoundWindow): number | undefined =>
    startSamples !== undefined && startSamples % hopSamples === 0 ? startSamples / hopSamples : undefined;

  const scoreShared = async (windows: readonly SoundWindow[]): Promise<Float32Array> => {
    const features: LogMel[] = [];
    for (const window of windows) {
      const firstFrame = findFirstFrame(window);
      if (firstFrame !== undefined) features.push(await extract(window.samples, firstFrame));
    }
    const { frames, bands } = at(features, 0);
    return network.score(joinBlocks(features.map(({ values }) => values)), [features.length, frames, bands]);
  };

  return async (windows) => {
    const logits: Float32Array[] = [];
    for (const run of splitRuns(windows, (window) => findFirstFrame(window) !== undefined))
      logits.push(await (run.isShared ? scoreShared(run.windows) : whole(run.windows)));
    return joinBlocks(logits);
  };
}

interface Run {
  readonly isShared: boolean;
  readonly windows: SoundWindow[];
}

/** Neighbours of one kind together. */
function splitRuns(windows: readonly SoundWindow[], isShared: (window: SoundWindow) => boolean): Run[] {
  const runs: Run[] = [];
  for (const window of windows) {
    const last = runs.at(-1);
    if (last?.isShared === isShared(window)) last.windows.push(window);
    else runs.push({ isShared: isShared(window), windows: [window] });
  }
  return runs;
}

interface Placed extends LogMel {
  readonly firstFrame: number;
}
