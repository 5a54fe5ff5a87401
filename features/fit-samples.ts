import type { FeatureConfig } from "./feature-config.ts";

const blockSamples = 1024;
/** Fraction of the loudest block's energy up to which a block at an end is silence: 60 dB down. */
const silentFraction = 1e-6;

/**
 * How clips were brought to the model's length before models of format 2, whose graphs do it with frames
 * (`fit-clip.ts`): longer ones lose their end, shorter ones are filled with zeros after (`zero`) or around them
 * (`centre`, the odd sample after), or start again from the beginning (`repeat`). `loop` does as `repeat` after
 * dropping the silence at both ends of any clip.
 * @returns new samples @throws RangeError for no samples
 */
export function fitSamples(
  samples: Float32Array,
  lengthSamples: number,
  padding: FeatureConfig["padding"],
): Float32Array {
  if (samples.length === 0) throw new RangeError("fitSamples: expected samples, got none");
  if (padding === "loop") return fitSamples(trimSilence(samples), lengthSamples, "repeat");
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

/**
 * The samples (not copied) without the silence at both ends: blocks of 1,024 whose energy is at most a millionth of
 * the loudest block's. What lies between sounds stays; a clip that is silent throughout stays whole.
 */
function trimSilence(samples: Float32Array): Float32Array {
  const energies: number[] = [];
  for (let start = 0; start < samples.length; start += blockSamples) {
    let energy = 0;
    for (const sample of samples.subarray(start, start + blockSamples)) energy += sample ** 2;
    energies.push(energy);
  }
  const loudest = energies.reduce((max, energy) => Math.max(max, energy), 0);
  const isSound = (energy: number): boolean => energy > silentFraction * loudest;
  const first = energies.findIndex(isSound);
  if (first < 0) return samples;
  return samples.subarray(first * blockSamples, (energies.findLastIndex(isSound) + 1) * blockSamples);
}
