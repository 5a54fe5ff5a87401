import type { FeatureConfig } from "./feature-config.ts";
import { trimSilence } from "./trim-silence.ts";

/** Samples of one clip: `clipSeconds` at `sampleRateHz`, rounded. */
export function countClipSamples(config: Pick<FeatureConfig, "clipSeconds" | "sampleRateHz">): number {
  return Math.round(config.clipSeconds * config.sampleRateHz);
}

/**
 * Brings a clip to `lengthSamples`: longer ones lose their end, shorter ones are filled with zeros after
 * (`zero`) or around them (`centre`, the odd sample after), or start again from the beginning (`repeat`). `loop`
 * does as `repeat` after dropping the silence at both ends of any clip (`trimSilence`).
 * @returns new samples @throws RangeError for no samples
 */
export function fitClip(
  samples: Float32Array,
  lengthSamples: number,
  padding: FeatureConfig["padding"],
): Float32Array {
  if (samples.length === 0) throw new RangeError("fitClip: expected samples, got none");
  if (padding === "loop") return fitClip(trimSilence(samples), lengthSamples, "repeat");
  if (samples.length >= lengthSamples) return samples.slice(0, lengthSamples);
  const fitted = new Float32Array(lengthSamples);
  switch (padding) {
    case "zero":
      fitted.set(samples);
      break;
    case "centre":
      fitted.set(samples, Math.floor((lengthSamples - samples.length) / 2));
      break;
    case "repeat":
      for (let offset = 0; offset < lengthSamples; offset += samples.length) {
        fitted.set(samples.subarray(0, lengthSamples - offset), offset);
      }
  }
  return fitted;
}
