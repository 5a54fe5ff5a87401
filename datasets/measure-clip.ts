import type { Waveform } from "../features/audio/waveform.ts";
import { findSound } from "../features/cut-silence.ts";
import type { ClipFacts } from "./cache/feature-entry.ts";

const blockSeconds = 0.01;
const silencePower = 1e-6; // -60 dB
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
