import type { Random } from "../../../common/random.ts";

interface Grid {
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/**
 * SpecAugment (Park et al. 2019), in place on standardised features, whose mean is zero: sets a run of
 * floor((maxBands + 1) u) bands and a span of floor((maxFrames + 1) u) frames to zero, each u uniform in [0, 1).
 */
export function maskSpectrum(
  { values, frames, bands }: Grid,
  { maxBands, maxFrames }: { maxBands: number; maxFrames: number },
  random: Random,
): void {
  const bandCount = Math.min(bands, random.integer(maxBands + 1));
  const firstBand = random.integer(bands - bandCount + 1);
  const frameCount = Math.min(frames, random.integer(maxFrames + 1));
  const firstFrame = random.integer(frames - frameCount + 1);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * bands + firstBand;
    values.fill(0, start, start + bandCount);
  }
  values.fill(0, firstFrame * bands, (firstFrame + frameCount) * bands);
}
