import { joinBlocks } from "../../common/join-blocks.ts";
import { findFilter } from "./resampling-filter.ts";

/**
 * A resampler of a sound that arrives in pieces: what `createResampler` gives.
 *
 *     for (const block of blocks) play(resampler.push(block));
 *     play(resampler.flush());
 */
export interface Resampler {
  /** Takes the next samples, as many as there are @returns the samples that are ready, maybe none */
  push(block: Float32Array): Float32Array;
  /** Ends the sound @returns its last samples; in all `countResampled` have been returned */
  flush(): Float32Array;
}

/** Samples after resampling: ceil(samples x to / from), so that the last input sample is still covered. */
export function countResampled(samples: number, fromHz: number, toHz: number): number {
  return Math.ceil((samples * toHz) / fromHz);
}

/**
 * Converts one sound from rate to rate, block by block: every output sample is the same, to the bit, however the
 * input is cut. Band-limited interpolation (J. O. Smith, Digital Audio Resampling) by a Kaiser-windowed sinc of 143
 * taps, flat to 0.9 and silent (-110 dB) from 1.0 of the lower Nyquist frequency, without delay; before and after
 * the sound there is silence.
 *
 *     const resampler = createResampler(48_000, 16_000);
 *     const samples = [...blocks.map((block) => resampler.push(block)), resampler.flush()];
 *
 * @throws RangeError unless both rates are positive integers
 */
export function createResampler(fromHz: number, toHz: number): Resampler {
  for (const rate of [fromHz, toHz]) {
    if (!Number.isInteger(rate) || rate < 1) throw new RangeError(`expected a rate in whole Hz, got ${rate}`);
  }
  const divisor = findGreatestDivisor(fromHz, toHz);
  const step = fromHz / divisor; // output n stands at input position n x step / phases
  const phases = toHz / divisor;
  const filter = findFilter(step, phases);
  const reach = filter.reachSamples;
  let pending = new Float32Array(reach - 1); // silence before the first sample
  let position = 0; // of the next output: index into `pending` of its first tap, and phase
  let phase = 0;
  let received = 0;
  let returned = 0;

  const produce = (maxSamples: number): Float32Array => {
    const ready = countReady(pending.length - position - 2 * reach, phase, step, phases);
    const output = new Float32Array(Math.min(ready, maxSamples));
    filter.apply(pending, position, phase, output);
    const phasesPassed = phase + output.length * step;
    position += Math.floor(phasesPassed / phases);
    phase = phasesPassed % phases;
    const used = Math.min(position, pending.length);
    pending = pending.slice(used);
    position -= used;
    returned += output.length;
    return output;
  };

  return {
    push(block) {
      received += block.length;
      pending = joinBlocks([pending, block]);
      return produce(Infinity);
    },
    flush() {
      pending = joinBlocks([pending, new Float32Array(reach + Math.ceil(step / phases))]);
      return produce(countResampled(received, fromHz, toHz) - returned);
    },
  };
}

/** Outputs whose taps all lie in the pending samples, when `spare` samples lie after those of the next one. */
function countReady(spare: number, phase: number, step: number, phases: number): number {
  if (spare < 0) return 0;
  // output n from now starts floor((phase + n x step) / phases) samples later, which must not pass `spare`
  return Math.floor((spare * phases + phases - 1 - phase) / step) + 1;
}

function findGreatestDivisor(a: number, b: number): number {
  return b === 0 ? a : findGreatestDivisor(b, a % b);
}
