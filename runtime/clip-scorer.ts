import type { FeatureExtractor } from "../features/extractor.ts";
import type { Scorer } from "../features/scorer.ts";
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
    score: (clips) => scorer.score(concatenate(clips), [clips.length, clips[0]?.length ?? 0]),
    dispose: () => scorer.dispose(),
  };
}

/** For a model that takes log-mel features. */
export function createFeatureClipScorer(scorer: Scorer, extractor: FeatureExtractor): ClipScorer {
  return {
    async score(clips) {
      const features = await Promise.all(clips.map((clip) => extractor.extract(clip)));
      const { frames, bands } = features[0] ?? { frames: 0, bands: 0 };
      return scorer.score(concatenate(features.map(({ values }) => values)), [clips.length, frames, bands]);
    },
    async dispose() {
      await Promise.all([scorer.dispose(), extractor.dispose()]);
    },
  };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const joined = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}
