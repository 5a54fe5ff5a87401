import { createRandom } from "../../common/random.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";

/** Samples of a block: a hop of the features. */
export const blockSamples = defaultFeatureConfig.hopSamples;
const clipSamples = countClipSamples(defaultFeatureConfig);
const soundSeconds = 10;

/** Noise, in the blocks in which it arrives. */
export function makeBlocks(): Float32Array[] {
  const random = createRandom(1, "stream benchmark");
  const count = Math.ceil((soundSeconds * defaultFeatureConfig.sampleRateHz) / blockSamples);
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: blockSamples }, () => random.next() - 0.5),
  );
}

/**
 * Feeds the blocks in turn.
 * @param push gives one block to the engine; where it completes a window, resolves with the answer
 */
export async function timeStream(
  blocks: readonly Float32Array[],
  hopSamples: number,
  push: (block: Float32Array, completesWindow: boolean) => Promise<void>,
): Promise<Record<string, number[]>> {
  const latencies: number[] = [];
  let sentSamples = 0;
  let due = clipSamples;
  const begin = performance.now();
  for (const block of blocks) {
    sentSamples += block.length;
    const completesWindow = sentSamples >= due;
    const start = performance.now();
    await push(block, completesWindow);
    if (!completesWindow) continue;
    latencies.push(performance.now() - start);
    due += hopSamples;
  }
  const seconds = sentSamples / defaultFeatureConfig.sampleRateHz;
  return {
    "ms a second of sound": [(performance.now() - begin) / seconds],
    "ms from block to answer": latencies,
  };
}
