import { at } from "../common/at.ts";
import { joinBlocks } from "../common/join-blocks.ts";
import type { FeatureConfig } from "../features/feature-config.ts";
import { countClipFrames, countClipSamples, fitClip } from "../features/fit-clip.ts";
import { fitSamples } from "../features/fit-samples.ts";
import type { LogMel } from "../features/log-mel.ts";
import type { FeatureExtractor } from "../features/extractor.ts";
import type { FeatureShape, Scorer } from "../features/scorer.ts";
import type { SampleShape, ShapedScorer } from "./ort-scorer.ts";

/**
 * Scores sounds at the model's rate, whatever the model's input is.
 *
 *     const wrapScorer = (scorer: ClipScorer): ClipScorer => ({
 *       score: (clips) => queue.add(() => scorer.score(clips)),
 *       dispose: () => scorer.dispose(),
 *     });
 */
export interface ClipScorer {
  /** @param clips of equal length, from one frame to 1.1 clip lengths @returns logits, row-major [clips, classes] */
  score(clips: readonly Float32Array[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** For a model that takes samples. */
export function createSampleClipScorer(scorer: ShapedScorer<SampleShape>): ClipScorer {
  return {
    score(clips) {
      const first = at(clips, 0);
      return scorer.score(clips.length === 1 ? first : joinBlocks(clips), [clips.length, first.length]);
    },
    dispose: () => scorer.dispose(),
  };
}

/** For a model of format 1, which needs samples of the clip's length. */
export function createFittingScorer(scorer: ClipScorer, features: FeatureConfig): ClipScorer {
  const clipSamples = countClipSamples(features);
  return {
    score: (clips) => scorer.score(clips.map((clip) => fitSamples(clip, clipSamples, features.padding))),
    dispose: () => scorer.dispose(),
  };
}

/** What a network of features needs, to score sounds. */
interface FeatureModel {
  readonly network: Pick<Scorer, "score">;
  readonly extractor: Pick<FeatureExtractor, "extract">;
  readonly dispose: () => Promise<void>;
}

/** For a model that takes log-mel features. */
export function createFeatureClipScorer({ network, extractor, dispose }: FeatureModel): ClipScorer {
  return {
    async score(clips) {
      const features: LogMel[] = [];
      for (const clip of clips) features.push(await extractor.extract(clip));
      const { frames, bands } = features[0] ?? { frames: 0, bands: 0 };
      return network.score(joinBlocks(features.map(({ values }) => values)), [clips.length, frames, bands]);
    },
    dispose,
  };
}

/** Whatever scores features by their shape. */
interface FeatureNetwork<Answer> {
  score(values: Float32Array, shape: FeatureShape): Promise<Answer>;
  dispose(): Promise<void>;
}

/** A network that takes fitted clips as one that takes frames as they are extracted, any number of them. */
export function fitFeatures<Answer>(
  network: FeatureNetwork<Answer>,
  features: FeatureConfig,
): FeatureNetwork<Answer> {
  const clipFrames = countClipFrames(features);
  return {
    score(values, [clips, frames, bands]) {
      const size = frames * bands;
      const fitted = Array.from({ length: clips }, (_, clip) => {
        const own = { values: values.subarray(clip * size, (clip + 1) * size), frames, bands };
        return fitClip(own, clipFrames, features).values;
      });
      return network.score(joinBlocks(fitted), [clips, clipFrames, bands]);
    },
    dispose: () => network.dispose(),
  };
}
