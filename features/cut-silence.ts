import type { FeatureConfig } from "./feature-config.ts";
import type { FrameLoop } from "./fit-clip.ts";

/** Amplitude, as a fraction of a sound's largest, below which samples at its ends are silence: 60 dB down. */
const soundAmplitude = 1e-3;

/**
 * From the first to the last sample of at least a thousandth of the loudest: what lies between sounds stays. In digital
 * silence that is every sample.
 *
 *     findSound(Float32Array.of(0, 0, 1, 0, -0.5, 0.0005)); // { first: 2, length: 3 }
 */
export function findSound(samples: Float32Array): FrameLoop {
  const peak = samples.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0);
  const isSound = (sample: number): boolean => Math.abs(sample) >= soundAmplitude * peak;
  const first = samples.findIndex(isSound);
  return { first, length: samples.findLastIndex(isSound) - first + 1 };
}

/**
 * A sound (not copied) without the frames of silence at both ends: frames in which every sample is quieter than `findSound`
 * asks for. The cuts lie on the grid of the frames, so a graph that leaves silence out answers with the same frames as
 * for the whole sound.
 *
 *     cutSilence(new Float32Array(3 * 44_100 + 220_500), { fftSamples: 2048, hopSamples: 1024 }); // silent: as it is
 */
export function cutSilence(
  samples: Float32Array,
  { fftSamples, hopSamples }: Pick<FeatureConfig, "fftSamples" | "hopSamples">,
): Float32Array {
  const { first, length } = findSound(samples);
  const firstFrame = Math.max(0, Math.ceil((first - fftSamples + 1) / hopSamples));
  const lastFrame = Math.floor((first + length - 1) / hopSamples);
  return samples.subarray(firstFrame * hopSamples, lastFrame * hopSamples + fftSamples);
}
