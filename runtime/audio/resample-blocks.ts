import { createResampler } from "../../features/resample/resampler.ts";

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
  for await (const block of blocks) yield resampler.push(block);
  yield resampler.flush();
}
