import { createRandom } from "../../common/random.ts";

/** Uniform noise in [-amplitude, amplitude). */
export function makeNoise(samples: number, seed: number, amplitude = 0.5): Float32Array {
  const random = createRandom(seed, "test noise");
  return Float32Array.from({ length: samples }, () => amplitude * (2 * random.next() - 1));
}

export function makeTone(
  samples: number,
  frequencyHz: number,
  sampleRateHz: number,
  amplitude = 0.5,
): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, index) => amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRateHz),
  );
}

/** Largest absolute difference, Infinity for other lengths. */
export function findLargestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < one.length; index++) {
    const difference = Math.abs((one[index] ?? NaN) - (other[index] ?? NaN));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
