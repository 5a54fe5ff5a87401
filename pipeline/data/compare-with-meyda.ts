import { at } from "../../common/at.ts";
import type { Clip } from "../../datasets/dataset.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import type { FeaturesFile } from "../../run-files/stage-files.ts";
import { readClipSamples } from "../parity/pick-parity-clips.ts";

/** Largest difference of log-mel at which the feature graph still gives Meyda's numbers. */
const tolerance = 1e-4;

const sampledClips = 10;
/** Meyda takes about a millisecond a frame. */
const sampledFrames = 20;

/**
 * Compares the feature graph with Meyda on a few of the given clips: frames spread over each, the graph's of the whole
 * clip, Meyda's of the frame's own samples.
 * @param maxSeconds longest file that is decoded
 * @throws Error when a value differs by more than 1e-4: the two extractors have drifted apart
 */
export async function compareWithMeyda(
  clips: readonly Clip[],
  config: FeatureConfig,
  maxSeconds: number,
): Promise<NonNullable<FeaturesFile["comparedWithMeyda"]>> {
  const ort = await import("onnxruntime-node");
  const graph = await createGraphExtractor(config, ort, { session: { intraOpNumThreads: 1 } });
  const meyda = createMeydaExtractor(config);
  let comparedFrames = 0;
  let largestDifference = 0;
  const compared = pickSpread(clips, sampledClips);
  for (const clip of compared) {
    const samples = await readClipSamples(clip, config, maxSeconds);
    const { values, frames, bands } = await graph.extract(samples);
    for (const frame of pickSpread(
      Array.from({ length: frames }, (_, index) => index),
      sampledFrames,
    )) {
      const start = frame * config.hopSamples;
      const expected = await meyda.extract(samples.subarray(start, start + config.fftSamples));
      for (let band = 0; band < bands; band++) {
        const difference = Math.abs(at(values, frame * bands + band) - at(expected.values, band));
        largestDifference = Math.max(largestDifference, difference);
      }
      comparedFrames++;
    }
    if (!(largestDifference <= tolerance))
      throw new Error(
        `${clip.id}: expected the feature graph within ${tolerance} of Meyda, got ${largestDifference} apart`,
      );
  }
  await Promise.all([graph.dispose(), meyda.dispose()]);
  return { clips: compared.length, frames: comparedFrames, largestDifference };
}

/** At most `count` of the values, evenly spread, the first among them. */
function pickSpread<Value>(values: readonly Value[], count: number): Value[] {
  const picks = Math.min(count, values.length);
  return Array.from({ length: picks }, (_, pick) => at(values, Math.floor((pick * values.length) / picks)));
}
