import { joinBlocks } from "./join-blocks.ts";

/** Band that passes unchanged and where the stop band begins, as shares of the lower rate's Nyquist frequency. */
const passEdge = 0.9;
const stopEdge = 1;
const rejectionDb = 110;
/** Kaiser's formulas for a window's shape and length (Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5). */
const kaiserBeta = 0.1102 * (rejectionDb - 8.7);
const halfTaps = Math.ceil((rejectionDb - 7.95) / (2.285 * Math.PI * (stopEdge - passEdge)) / 2);
/** Points of the filter's table in one sample; straight lines between them are off by less than -125 dB. */
const pointsPerSample = 1024;
/** Filter values that are kept for one ratio; usual ratios need 10,000 to 100,000. */
const mostStoredTaps = 2 ** 20;

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
 * @throws RangeError unless both rates are positive integers
 */
export function createResampler(fromHz: number, toHz: number): Resampler {
  for (const rate of [fromHz, toHz]) {
    if (!Number.isInteger(rate) || rate < 1) throw new RangeError(`expected a rate in whole Hz, got ${rate}`);
  }
  const divisor = findGreatestDivisor(fromHz, toHz);
  const step = fromHz / divisor; // output n stands at input position n x step / phases
  const phases = toHz / divisor;
  const filter = createFilter(step, phases);
  const reach = filter.reachSamples;
  let pending = new Float32Array(reach - 1); // silence before the first sample
  let position = 0; // of the next output: index into `pending` of its first tap, and phase
  let phase = 0;
  let received = 0;
  let returned = 0;

  const produce = (mostSamples: number): Float32Array => {
    const ready = countReady(pending.length - position - 2 * reach, phase, step, phases);
    const output = new Float32Array(Math.min(ready, mostSamples));
    for (let index = 0; index < output.length; index++) {
      output[index] = applyTaps(filter.findTaps(phase), pending, position);
      phase += step;
      position += Math.floor(phase / phases);
      phase %= phases;
    }
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

function applyTaps(taps: Float32Array, samples: Float32Array, start: number): number {
  let sum = 0;
  for (let index = 0; index < taps.length; index++) sum += (taps[index] ?? 0) * (samples[start + index] ?? 0);
  return sum;
}

/** One row of taps a phase; each sums to 1, so that a constant stays as it is. */
function createFilter(step: number, phases: number) {
  const scale = Math.min(1, phases / step); // a lower output rate widens the filter
  const reachSamples = Math.ceil(halfTaps / scale);
  const length = 2 * reachSamples;
  const isStored = phases * length <= mostStoredTaps;
  const rows: Float32Array[] = [];
  const scratch = new Float32Array(length);
  const computeTaps = (phase: number, taps: Float32Array): Float32Array => {
    let sum = 0;
    for (let index = 0; index < length; index++) {
      const distance = Math.abs(phase / phases + reachSamples - 1 - index) * scale;
      const value = readPrototype(distance);
      taps[index] = value;
      sum += value;
    }
    for (let index = 0; index < length; index++) taps[index] = (taps[index] ?? 0) / sum;
    return taps;
  };
  return {
    reachSamples,
    findTaps: (phase: number): Float32Array =>
      isStored ? (rows[phase] ??= computeTaps(phase, new Float32Array(length))) : computeTaps(phase, scratch),
  };
}

let prototype: Float64Array | undefined;

/** The filter at a distance in samples of the lower rate, from a table made on first use. */
function readPrototype(distance: number): number {
  prototype ??= Float64Array.from({ length: halfTaps * pointsPerSample + 2 }, (_, point) =>
    computePrototype(point / pointsPerSample),
  );
  if (distance >= halfTaps) return 0;
  const point = distance * pointsPerSample;
  const lower = Math.floor(point);
  const share = point - lower;
  return (prototype[lower] ?? 0) * (1 - share) + (prototype[lower + 1] ?? 0) * share;
}

function computePrototype(distance: number): number {
  const angle = (Math.PI * distance * (passEdge + stopEdge)) / 2; // the cutoff lies between the two edges
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
  const inside = Math.max(0, 1 - (distance / halfTaps) ** 2);
  return sinc * computeBessel(kaiserBeta * Math.sqrt(inside));
}

/** Modified Bessel function of the first kind, order 0, as its power series; the window's scale does not matter. */
function computeBessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function findGreatestDivisor(a: number, b: number): number {
  return b === 0 ? a : findGreatestDivisor(b, a % b);
}
