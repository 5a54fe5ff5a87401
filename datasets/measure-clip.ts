import type { Waveform } from "../features/audio/waveform.ts";
import type { ClipFacts } from "./cache/feature-entry.ts";

const blockSeconds = 0.01;
const silencePower = 1e-6; // -60 dB
/** Amplitude, as a fraction of a sound's largest, below which samples at its ends are silence: 60 dB down. */
const soundAmplitude = 1e-3;
/** 16-bit files reach 32767 / 32768 at most. */
const fullScale = 0.9999;

/** Length, peak, silence, sound and clipping of a clip as it stands in its file, mixed to mono. */
export function measureClip({ samples, sampleRateHz }: Waveform): ClipFacts {
  const blockSamples = Math.max(1, Math.round(blockSeconds * sampleRateHz));
  let peak = 0;
  let clippedSamples = 0;
  let silentSamples = 0;
  for (let start = 0; start < samples.length; start += blockSamples) {
    const end = Math.min(start + blockSamples, samples.length);
    let power = 0;
    for (let index = start; index < end; index++) {
      const level = Math.abs(samples[index] ?? 0); // an inner loop: no call for the index
      power += level * level;
      if (level > peak) peak = level;
      if (level >= fullScale) clippedSamples++;
    }
    if (power < silencePower * (end - start)) silentSamples += end - start;
  }
  const { first, length } = findSound(samples);
  return {
    sampleRateHz,
    seconds: samples.length / sampleRateHz,
    peak,
    silentFraction: silentSamples / samples.length,
    clippedFraction: clippedSamples / samples.length,
    soundStartSeconds: first / sampleRateHz,
    soundSeconds: length / sampleRateHz,
  };
}

/**
 * From the first to the last sample of at least a thousandth of the loudest: what lies between sounds stays. In digital
 * silence that is every sample.
 */
function findSound(samples: Float32Array): { readonly first: number; readonly length: number } {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const isSound = (sample: number): boolean => Math.abs(sample) >= soundAmplitude * peak;
  const first = samples.findIndex(isSound);
  return { first, length: samples.findLastIndex(isSound) - first + 1 };
}
