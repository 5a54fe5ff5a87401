import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";

const config = defaultFeatureConfig;

/** What is timed: noise as long as a clip. */
export function makeClip(): Float32Array {
  return makeNoise(config.sampleRateHz * config.clipSeconds);
}

function makeNoise(samples: number): Float32Array {
  const random = createRandom(1, "features benchmark");
  return Float32Array.from({ length: samples }, () => random.next() - 0.5);
}

/** Noise, then a loud tone, where rounding shows, then silence. */
function makeHardSound(): Float32Array {
  const noise = makeNoise(3 * 8192);
  return noise.map((sample, index) => {
    if (index < 8192) return sample;
    return index < 2 * 8192 ? Math.sin((2 * Math.PI * 440 * index) / config.sampleRateHz) : 0;
  });
}

/** Largest difference of log-mel to Meyda's. */
export async function measureDifference(extractor: FeatureExtractor): Promise<number> {
  const sound = makeHardSound();
  const ours = await extractor.extract(sound);
  const theirs = await createMeydaExtractor(config).extract(sound);
  const differences = ours.values.map((value, index) => Math.abs(value - at(theirs.values, index)));
  return differences.reduce((largest, difference) => Math.max(largest, difference), 0);
}
