/** Mel power of a stretch of sound, row-major [frames, bands]: what a log-mel is the logarithm of. */
export interface MelPower {
  readonly power: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/** A whole clip, and where its sound stands once: a clip that is looped to its length has it several times. */
export interface ClipPower extends MelPower {
  readonly pass: FrameRange;
}

interface FrameRange {
  readonly first: number;
  readonly length: number;
}

/** The frames of a clip's sound, once; a view, not a copy. */
export function takePass({ power, bands, pass: { first, length } }: ClipPower): MelPower {
  return { power: power.subarray(first * bands, (first + length) * bands), frames: length, bands };
}

/** Mean over all frames and bands. */
export function computeMeanPower({ power }: MelPower): number {
  let sum = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- which takes five times as long on a typed array, as `at` would
  for (let index = 0; index < power.length; index++) sum += power[index] ?? 0;
  return sum / power.length;
}
