import { createRandom } from "../../../../common/random.ts";
import type { MelPower } from "../../../../training/data/augment/mel-power.ts";

export const seeded = (seed: number): ReturnType<typeof createRandom> => createRandom(seed, "test");

export function drawClip(frames: number, bands: number, seed = 1): MelPower {
  const random = seeded(seed);
  return {
    power: Float32Array.from({ length: frames * bands }, () => 1e6 * random.next() ** 4),
    frames,
    bands,
  };
}
