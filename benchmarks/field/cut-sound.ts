/** One sound that starts and stops, cut out of a clip, so that a truth is known to 10 ms. */
import { computePower } from "./beds.ts";

const stepSeconds = 0.01;
/** A step is part of a sound when its power is at most 30 dB below the clip's loudest step. */
const quietFraction = 1e-3;
/** Sounds less than this apart are one event: the ticks of a clock, the barks of one dog. */
export const maxGapSeconds = 1;
const minSoundSeconds = 0.1;
const fadeSeconds = 0.005;

/**
 * The part of a clip with the most energy, from its first to its last sounding step.
 * @param samples of the clip
 * @returns faded in and out over 5 ms, the mean power of its sounding steps 1; undefined for a clip without such a part
 */
export function cutSound(samples: Float32Array, rateHz: number): Float32Array | undefined {
  const stepSamples = Math.round(stepSeconds * rateHz);
  const powers = Array.from({ length: Math.floor(samples.length / stepSamples) }, (_, step) =>
    computePower(samples.subarray(step * stepSamples, (step + 1) * stepSamples)),
  );
  const limit = quietFraction * Math.max(0, ...powers);
  if (limit === 0) return undefined;
  const parts = findParts(powers, limit).map(({ first, last }) => {
    const sounding = powers.slice(first, last + 1).filter((power) => power > limit);
    const energy = sounding.reduce((sum, power) => sum + power, 0);
    return { first, last, energy, power: energy / sounding.length };
  });
  const best = parts
    .filter(({ first, last }) => (last - first + 1) * stepSeconds >= minSoundSeconds)
    .sort((one, other) => other.energy - one.energy)[0];
  if (best === undefined) return undefined;
  const cut = samples.slice(best.first * stepSamples, (best.last + 1) * stepSamples);
  const fadeSamples = Math.round(fadeSeconds * rateHz);
  const scale = 1 / Math.sqrt(best.power);
  return cut.map((sample, index) => {
    const fromEnd = Math.min(index, cut.length - 1 - index);
    return scale * sample * Math.min(1, fromEnd / fadeSamples);
  });
}

/** Steps that sound, joined over gaps. */
function findParts(powers: readonly number[], limit: number): { first: number; last: number }[] {
  const parts: { first: number; last: number }[] = [];
  for (const [step, power] of powers.entries()) {
    if (power <= limit) continue;
    const open = parts.at(-1);
    if (open !== undefined && (step - open.last) * stepSeconds < maxGapSeconds) open.last = step;
    else parts.push({ first: step, last: step });
  }
  return parts;
}
