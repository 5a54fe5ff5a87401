/** Mel power of a stretch of sound, row-major [frames, bands]: what a log-mel is the logarithm of. */
export interface MelPower {
  readonly power: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/** Mean over all frames and bands. */
export function computeMeanPower({ power }: MelPower): number {
  let sum = 0;
  for (const value of power) sum += value;
  return sum / power.length;
}
