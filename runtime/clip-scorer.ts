import { at } from "../common/at.ts";
import { joinBlocks } from "../common/join-blocks.ts";
import type { LogMel } from "../features/log-mel.ts";
import type { FeatureParts } from "./timeline/feature-parts.ts";
import type { SampleShape, ShapedScorer } from "./ort-scorer.ts";

/** Scores clips of equal length at the model's rate, whatever the model's input is. */
export interface ClipScorer {
  /** @returns logits, row-major [clips, classes] */
  score(clips: readonly Float32Array[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** For a model that holds its own features. */
export function createSampleClipScorer(scorer: ShapedScorer<SampleShape>): ClipScorer {
  return {
    score: (clips) => scorer.score(joinBlocks(clips), [clips.length, at(clips, 0).length]),
    dispose: () => scorer.dispose(),
  };
}

/** For a model that takes log-mel features. */
export function createFeatureClipScorer({ network, extractor, dispose }: FeatureParts): ClipScorer {
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
