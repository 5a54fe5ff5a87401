import type { Random } from "../../common/random.ts";

/*
 * Building blocks of the synthesised sounds. They use only + - * / and square roots, which IEEE 754 rounds alike
 * everywhere; `Math.sin` or `Math.exp` may differ in the last bit between versions of an engine. Their loops run over
 * every sample: `?? 0` there instead of a checked index costs no call.
 */

export const sampleRateHz = 44_100;

/** Sine of an angle in turns: `sine(0.25)` is 1. Error below 6e-8 (Taylor to the 11th power on a quarter wave). */
export function sine(turns: number): number {
  let x = turns - Math.round(turns);
  if (x > 0.25) x = 0.5 - x;
  else if (x < -0.25) x = -0.5 - x;
  const angle = 2 * Math.PI * x;
  const square = angle * angle;
  const series = 1 - (square / 42) * (1 - (square / 72) * (1 - square / 110));
  return angle * (1 - (square / 6) * (1 - (square / 20) * series));
}

/** A number of `low` to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

/** Factor per sample that lets an amplitude fall to 1/e in about `seconds`. */
export function decayFactor(seconds: number): number {
  return 1 - 1 / (seconds * sampleRateHz);
}

/** White noise, uniform in [-1, 1]. */
export function makeNoise(random: Random, samples: number): Float32Array {
  const noise = new Float32Array(samples);
  for (let index = 0; index < samples; index++) noise[index] = 2 * random.next() - 1;
  return noise;
}

/** `samples` made by a function; a plain loop, several times as fast as `map` of a typed array. */
export function makeSamples(samples: number, valueAt: (index: number) => number): Float32Array {
  const made = new Float32Array(samples);
  for (let index = 0; index < samples; index++) made[index] = valueAt(index);
  return made;
}

/** One-pole low-pass. */
export function lowPass(samples: Float32Array, cutoffHz: number): Float32Array {
  const step = (2 * Math.PI * cutoffHz) / (2 * Math.PI * cutoffHz + sampleRateHz);
  const filtered = new Float32Array(samples.length);
  let level = 0;
  for (let index = 0; index < samples.length; index++) {
    level += step * ((samples[index] ?? 0) - level);
    filtered[index] = level;
  }
  return filtered;
}

/** What `lowPass` takes away. */
export function highPass(samples: Float32Array, cutoffHz: number): Float32Array {
  const filtered = lowPass(samples, cutoffHz);
  for (let index = 0; index < samples.length; index++) {
    filtered[index] = (samples[index] ?? 0) - (filtered[index] ?? 0);
  }
  return filtered;
}

/**
 * Resonant band-pass (Chamberlin's state variable filter).
 * @param centreHz up to 7 kHz, where the filter is stable @param damping 0 (rings for ever) to 2
 */
export function resonate(samples: Float32Array, centreHz: number, damping: number): Float32Array {
  const step = 2 * sine(centreHz / (2 * sampleRateHz));
  let low = 0;
  let band = 0;
  return makeSamples(samples.length, (index) => {
    low += step * band;
    band += step * ((samples[index] ?? 0) - low - damping * band);
    return band * damping;
  });
}

/** A random curve from 0 to 1 with `pointsPerSecond` corners, straight between them. */
export function makeCurve(random: Random, samples: number, pointsPerSecond: number): Float32Array {
  const spacing = sampleRateHz / pointsPerSecond;
  const points = Array.from({ length: Math.ceil(samples / spacing) + 2 }, () => random.next());
  return makeSamples(samples, (index) => {
    const place = index / spacing;
    const left = points[Math.floor(place)] ?? 0;
    const right = points[Math.floor(place) + 1] ?? 0;
    return left + (right - left) * (place - Math.floor(place));
  });
}

/** Adds `source` times `gain` to `target` from a sample on; what reaches beyond the end is dropped. */
export function addAt(target: Float32Array, source: Float32Array, start: number, gain: number): void {
  const end = Math.min(source.length, target.length - start);
  for (let index = 0; index < end; index++) {
    target[start + index] = (target[start + index] ?? 0) + gain * (source[index] ?? 0);
  }
}

/** Root of the mean square; 0 for silence. */
export function measureRms(samples: Float32Array): number {
  let sum = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- in Node 20 an iterator takes 14 ns a sample, an index 1
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index] ?? 0;
    sum += sample * sample;
  }
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** Scales a sound to the root mean square 1, in place; silence stays silent. */
export function normaliseRms(samples: Float32Array): Float32Array {
  const rms = measureRms(samples);
  return rms === 0 ? samples : scale(samples, 1 / rms);
}

/** Scales the largest sample to `peak`, in place; silence stays silent. */
export function setPeak(samples: Float32Array, peak: number): Float32Array {
  let largest = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- in Node 20 an iterator takes 14 ns a sample, an index 1
  for (let index = 0; index < samples.length; index++)
    largest = Math.max(largest, Math.abs(samples[index] ?? 0));
  return largest === 0 ? samples : scale(samples, peak / largest);
}

function scale(samples: Float32Array, gain: number): Float32Array {
  for (let index = 0; index < samples.length; index++) samples[index] = (samples[index] ?? 0) * gain;
  return samples;
}
