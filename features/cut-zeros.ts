import type { FeatureConfig } from "./feature-config.ts";

/**
 * A sound (not copied) without the frames of digital silence at both ends: frames that hold only zeros. The cuts lie on
 * the grid of the frames, so a graph that leaves silence out answers with the same frames as for the whole sound.
 *
 *     cutZeros(new Float32Array(3 * 44_100 + 220_500), { fftSamples: 2048, hopSamples: 1024 }); // silent: as it is
 */
export function cutZeros(
  samples: Float32Array,
  { fftSamples, hopSamples }: Pick<FeatureConfig, "fftSamples" | "hopSamples">,
): Float32Array {
  const first = samples.findIndex((sample) => sample !== 0);
  if (first < 0) return samples;
  const last = samples.findLastIndex((sample) => sample !== 0);
  const firstFrame = Math.max(0, Math.ceil((first - fftSamples + 1) / hopSamples));
  const lastFrame = Math.floor(last / hopSamples);
  return samples.subarray(firstFrame * hopSamples, lastFrame * hopSamples + fftSamples);
}
