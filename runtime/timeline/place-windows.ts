/** Clips up to this much longer than the model's clip are cut as in training: codecs pad their last block. */
const maxExcess = 0.1;

/**
 * Start of each window over `samples`: one for a clip that fits (up to a tenth longer), else as many as cover it
 * with at least half a window of overlap, evenly spread from the first sample to the last.
 */
export function placeWindows(samples: number, clipSamples: number): readonly number[] {
  const excess = samples - clipSamples;
  if (excess <= clipSamples * maxExcess) return [0];
  const steps = Math.ceil(excess / (clipSamples / 2));
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * excess) / steps));
}
