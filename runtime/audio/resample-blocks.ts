import { createPause } from "../../common/stop-signal.ts";
import { createResampler } from "../../features/resample/resampler.ts";

/** Few enough that the slowest ratio is stopped within 100 ms. */
const partSamples = 2 ** 13;

/** A sound's blocks at another rate; at their own they come as they are. */
export async function* resampleBlocks(
  blocks: AsyncIterable<Float32Array>,
  fromHz: number,
  toHz: number,
): AsyncGenerator<Float32Array, void, undefined> {
  if (fromHz === toHz) {
    yield* blocks;
    return;
  }
  const resampler = createResampler(fromHz, toHz);
  const pause = createPause(undefined); // whoever takes the blocks looks at its signal
  for await (const block of blocks) {
    for (let start = 0; start < block.length; start += partSamples) {
      yield resampler.push(block.subarray(start, start + partSamples));
      await pause();
    }
  }
  yield resampler.flush();
}
