import { at } from "../../common/at.ts";
import type { Clip } from "../../datasets/dataset.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { readClipSamples } from "../parity/pick-parity-clips.ts";

/** Largest difference of log-mel at which the feature graph still gives Meyda's numbers. */
const tolerance = 1e-4;

const sampledClips = 3;

/**
 * Computes a few clips, spread over the given ones, with Meyda and with the feature graph.
 * @param maxSeconds longest file that is decoded
 * @returns the largest difference of any value
 * @throws Error when it is above 1e-4: the two extractors have drifted apart
 */
export async function checkAgainstMeyda(
  clips: readonly Clip[],
  config: FeatureConfig,
  maxSeconds: number,
): Promise<number> {
  const ort = await import("onnxruntime-node");
  const graph = await createGraphExtractor(config, ort, { session: { intraOpNumThreads: 1 } });
  const meyda = createMeydaExtractor(config);
  let largest = 0;
  for (let pick = 0; pick < Math.min(sampledClips, clips.length); pick++) {
    const clip = clips[Math.floor((pick * clips.length) / sampledClips)];
    if (clip === undefined) continue;
    const samples = await readClipSamples(clip, config, maxSeconds);
    const [expected, actual] = await Promise.all([meyda.extract(samples), graph.extract(samples)]);
    for (const [index, value] of expected.values.entries())
      largest = Math.max(largest, Math.abs(value - at(actual.values, index)));
    if (!(largest <= tolerance))
      throw new Error(
        `${clip.id}: expected the feature graph within ${tolerance} of Meyda, got ${largest} apart`,
      );
  }
  await Promise.all([graph.dispose(), meyda.dispose()]);
  return largest;
}
