import { createConvolve } from "./convolve.ts";

/** Band that passes unchanged and where the stop band begins, as fractions of the lower rate's Nyquist frequency. */
const passEdge = 0.9;
const stopEdge = 1;
const rejectionDb = 110;
/** Kaiser's formulas for a window's shape and length (Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5). */
const kaiserBeta = 0.1102 * (rejectionDb - 8.7);
const halfTaps = Math.ceil((rejectionDb - 7.95) / (2.285 * Math.PI * (stopEdge - passEdge)) / 2);
/** Points of the filter's table in one sample; straight lines between them are off by less than -125 dB. */
const pointsPerSample = 1024;
/** Filter values that are kept for one ratio; usual ratios need 10,000 to 100,000. */
const maxStoredTaps = 2 ** 20;
/** Filters that are kept, for files of the same rates one after another. */
const maxStoredFilters = 8;
/** Taps that the inner loop takes at once. */
const tapsAtOnce = 8;
/** Samples that the inner loop is given at once, about. */
const samplesAtOnce = 2 ** 15;

/** The filter of one ratio of rates. Output n stands at input position n x step / phases. */
export interface ResamplingFilter {
  /** Taps on either side of an output. */
  readonly reachSamples: number;
  readonly apply: ApplyFilter;
}

/**
 * Fills `output`. The first output's taps begin at `position` of the samples, between two of them as `phase` says.
 * Every output is the same, to the bit, however many are asked for at once.
 */
type ApplyFilter = (samples: Float32Array, position: number, phase: number, output: Float32Array) => void;

const filters = new Map<string, ResamplingFilter>();

/** The filter for a ratio in lowest terms. One row of taps a phase; each sums to 1, so that a constant stays. */
export function findFilter(step: number, phases: number): ResamplingFilter {
  const key = `${step}/${phases}`;
  const known = filters.get(key);
  if (known !== undefined) return known;
  if (filters.size === maxStoredFilters) filters.clear();
  const filter = createFilter(step, phases);
  filters.set(key, filter);
  return filter;
}

function createFilter(step: number, phases: number): ResamplingFilter {
  const scale = Math.min(1, phases / step); // a lower output rate widens the filter
  const reachSamples = Math.ceil(halfTaps / scale);
  const writeTaps = (phase: number, taps: Float32Array): void => {
    let sum = 0;
    for (let index = 0; index < taps.length; index++) {
      const distance = Math.abs(phase / phases + reachSamples - 1 - index) * scale;
      const value = readPrototype(distance);
      taps[index] = value;
      sum += value;
    }
    for (let index = 0; index < taps.length; index++) taps[index] = (taps[index] ?? 0) / sum;
  };
  const shape = { step, phases, length: 2 * reachSamples, writeTaps };
  const apply = phases * shape.length <= maxStoredTaps ? storeTaps(shape) : computeTaps(shape);
  return { reachSamples, apply };
}

interface FilterShape {
  readonly step: number;
  readonly phases: number;
  /** Taps of one row. */
  readonly length: number;
  readonly writeTaps: (phase: number, taps: Float32Array) => void;
}

/** All rows in the inner loop's memory, then room for samples, then for outputs. */
function storeTaps({ step, phases, length, writeTaps }: FilterShape): ApplyFilter {
  const rowTaps = tapsAtOnce * Math.ceil(length / tapsAtOnce); // filled with zeros
  const maxOutputs = Math.max(1, Math.floor(samplesAtOnce * Math.min(1, phases / step)));
  const maxSamples = countSamples(maxOutputs, phases - 1, step, phases, rowTaps);
  const samplesStart = phases * rowTaps;
  const outputStart = samplesStart + maxSamples;
  const floatBytes = Float32Array.BYTES_PER_ELEMENT;
  const { memory, convolve } = createConvolve((outputStart + maxOutputs) * floatBytes);
  const floats = new Float32Array(memory);
  for (let phase = 0; phase < phases; phase++)
    writeTaps(phase, floats.subarray(phase * rowTaps, phase * rowTaps + length));

  return (samples, firstPosition, firstPhase, output) => {
    let position = firstPosition;
    let phase = firstPhase;
    for (let done = 0; done < output.length; done += maxOutputs) {
      const count = Math.min(maxOutputs, output.length - done);
      const needed = countSamples(count, phase, step, phases, rowTaps);
      const part = samples.subarray(position, position + needed);
      floats.set(part, samplesStart);
      // The filling zeros must meet numbers, not what an earlier sound has left.
      floats.fill(0, samplesStart + part.length, samplesStart + needed);
      convolve(
        outputStart * floatBytes,
        (outputStart + count) * floatBytes,
        0,
        rowTaps * floatBytes,
        samplesStart * floatBytes,
        phase,
        step,
        phases,
      );
      output.set(floats.subarray(outputStart, outputStart + count), done);
      position += Math.floor((phase + count * step) / phases);
      phase = (phase + count * step) % phases;
    }
  };
}

/** From the first tap of the first output to the last of the last. */
function countSamples(outputs: number, phase: number, step: number, phases: number, taps: number): number {
  return Math.floor((phase + (outputs - 1) * step) / phases) + taps;
}

/** For ratios of so many phases that their rows would not fit: each row when it is needed. */
function computeTaps({ step, phases, length, writeTaps }: FilterShape): ApplyFilter {
  const taps = new Float32Array(length);
  return (samples, firstPosition, firstPhase, output) => {
    let position = firstPosition;
    let phase = firstPhase;
    for (let index = 0; index < output.length; index++) {
      writeTaps(phase, taps);
      let sum = 0;
      for (let tap = 0; tap < length; tap++) sum += (taps[tap] ?? 0) * (samples[position + tap] ?? 0);
      output[index] = sum;
      phase += step;
      position += Math.floor(phase / phases);
      phase %= phases;
    }
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
  const fraction = point - lower;
  return (prototype[lower] ?? 0) * (1 - fraction) + (prototype[lower + 1] ?? 0) * fraction;
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
