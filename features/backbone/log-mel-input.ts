import { at } from "../../common/at.ts";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { LogMelInput } from "./log-mel-config.ts";

/** Samples that give so many frames. */
export function countLogMelSamples(config: LogMelInput, frames: number): number {
  const between = (frames - 1) * config.hopSamples;
  return config.isCentred ? between : between + config.frameSamples;
}

/** Which sample each place of each frame takes, row-major [frames, frameSamples]: a table, for all of it is fixed. */
function listPlaces(
  config: LogMelInput,
  windowSamples: number,
): { readonly frames: number; readonly places: number[] } {
  const { frameSamples, fftSamples, hopSamples, isCentred } = config;
  // A shorter window lies in the middle of the FFT where frames are centred, as librosa pads it.
  const lead = isCentred ? Math.floor(fftSamples / 2) - Math.floor((fftSamples - frameSamples) / 2) : 0;
  const frames = isCentred
    ? Math.floor(windowSamples / hopSamples) + 1
    : Math.floor((windowSamples - frameSamples) / hopSamples) + 1;
  const mirror = (place: number): number => {
    const inside = place < 0 ? -place : place;
    return inside < windowSamples ? inside : 2 * (windowSamples - 1) - inside;
  };
  const places = Array.from({ length: frames * frameSamples }, (_, index) =>
    mirror(Math.floor(index / frameSamples) * hopSamples + (index % frameSamples) - lead),
  );
  return { frames, places };
}

interface Matrices {
  /** Real, then imaginary parts, of the bins that a triangle reaches, the window inside: [frameSamples, 2 bins]. */
  readonly dft: Float32Array;
  readonly bins: number;
  /** [bins, bands] */
  readonly mel: Float32Array;
}

function computeMatrices(config: LogMelInput, sampleRateHz: number): Matrices {
  const { frameSamples, fftSamples, bands } = config;
  const weights = computeTriangles(config, sampleRateHz);
  const reached = [...Array(fftSamples / 2 + 1).keys()].filter((bin) =>
    weights.subarray(bin * bands, (bin + 1) * bands).some((weight) => weight > 0),
  );
  const bins = reached.length;
  const dft = new Float32Array(frameSamples * 2 * bins);
  for (let place = 0; place < frameSamples; place++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * place) / frameSamples);
    for (const [column, bin] of reached.entries()) {
      const angle = (2 * Math.PI * ((place * bin) % fftSamples)) / fftSamples;
      dft[place * 2 * bins + column] = window * Math.cos(angle);
      dft[place * 2 * bins + bins + column] = window * Math.sin(angle);
    }
  }
  const mel = new Float32Array(bins * bands);
  for (const [row, bin] of reached.entries())
    mel.set(weights.subarray(bin * bands, (bin + 1) * bands), row * bands);
  return { dft, bins, mel };
}

/** [fftSamples / 2 + 1, bands] */
function computeTriangles(config: LogMelInput, sampleRateHz: number): Float64Array {
  const { fftSamples, bands, lowHz, highHz, melScale, triangles, isNormalised } = config;
  const { toMel, toHz } = scales[melScale];
  const [low, high] = [toMel(lowHz), toMel(highHz)];
  const edges = Array.from({ length: bands + 2 }, (_, index) => low + ((high - low) * index) / (bands + 1));
  const place = (hz: number): number => (triangles === "mel" ? toMel(hz) : hz);
  const edge = (index: number): number => (triangles === "mel" ? at(edges, index) : toHz(at(edges, index)));
  const weights = new Float64Array((fftSamples / 2 + 1) * bands);
  for (let band = 0; band < bands; band++) {
    const [left, peak, right] = [edge(band), edge(band + 1), edge(band + 2)];
    const scale = isNormalised ? 2 / (toHz(at(edges, band + 2)) - toHz(at(edges, band))) : 1;
    // Bin 0 has no sound, and takes no part in the networks that draw triangles over mel.
    for (let bin = triangles === "mel" ? 1 : 0; bin <= fftSamples / 2; bin++) {
      const here = place((bin * sampleRateHz) / fftSamples);
      weights[bin * bands + band] =
        scale * Math.max(0, Math.min((here - left) / (peak - left), (right - here) / (right - peak)));
    }
  }
  return weights;
}

const slaneyStep = Math.log(6.4) / 27;
const scales = {
  htk: {
    toMel: (hz: number): number => 2595 * Math.log10(1 + hz / 700),
    toHz: (mel: number): number => 700 * (10 ** (mel / 2595) - 1),
  },
  slaney: {
    toMel: (hz: number): number => (hz < 1000 ? (3 * hz) / 200 : 15 + Math.log(hz / 1000) / slaneyStep),
    toHz: (mel: number): number => (mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(slaneyStep * (mel - 15))),
  },
};

/** Adds one window's samples [windowSamples] -> log-mel [frames, bands]. */
export function addLogMel(
  graph: GraphBuilder,
  window: string,
  config: LogMelInput,
  { windowSamples, sampleRateHz }: { readonly windowSamples: number; readonly sampleRateHz: number },
): string {
  const { frames, places } = listPlaces(config, windowSamples);
  const { dft, bins, mel } = computeMatrices(config, sampleRateHz);
  const { frameSamples, bands, exponent, logarithm, offset } = config;
  const taken = graph.addConstant("mel/places", BigInt64Array.from(places, BigInt), [frames, frameSamples]);
  const cut = graph.addNode("Gather", [window, taken], { axis: 0 });
  const waves = graph.addConstant("mel/dft", dft, [frameSamples, 2 * bins]);
  const parts = graph.addNode("MatMul", [cut, waves]);
  const squares = graph.addNode("Reshape", [
    graph.addNode("Mul", [parts, parts]),
    graph.addInts([frames, 2, bins]),
  ]);
  const axis = graph.addInts([1]);
  const power =
    graph.opset >= 13
      ? graph.addNode("ReduceSum", [squares, axis], { keepdims: 0 })
      : graph.addNode("ReduceSum", [squares], { axes: [1], keepdims: 0 });
  const spectrum = exponent === 2 ? power : graph.addNode("Sqrt", [power]);
  const energies = graph.addNode("MatMul", [
    spectrum,
    graph.addConstant("mel/triangles", mel, [bins, bands]),
  ]);
  const limit = graph.addScalar(offset);
  if (logarithm === "ln") return graph.addNode("Log", [graph.addNode("Add", [energies, limit])]);
  const decibels = graph.addScalar(10 / Math.LN10);
  return graph.addNode("Mul", [graph.addNode("Log", [graph.addNode("Max", [energies, limit])]), decibels]);
}

/** The same numbers without ONNX, row-major [frames, bands]: what a file is checked with, and parity's reference. */
export function computeLogMel(
  samples: Float32Array,
  config: LogMelInput,
  sampleRateHz: number,
): Float32Array {
  const { frames, places } = listPlaces(config, samples.length);
  const { dft, bins, mel } = computeMatrices(config, sampleRateHz);
  const { frameSamples, bands, exponent, logarithm, offset } = config;
  const logMel = new Float32Array(frames * bands);
  const parts = new Float64Array(2 * bins);
  for (let frame = 0; frame < frames; frame++) {
    parts.fill(0);
    for (let place = 0; place < frameSamples; place++) {
      const sample = at(samples, at(places, frame * frameSamples + place));
      // The inner loops of the whole: an index check at each step would double their time.
      for (let column = 0; column < 2 * bins; column++)
        parts[column] = (parts[column] ?? 0) + sample * (dft[place * 2 * bins + column] ?? 0);
    }
    for (let band = 0; band < bands; band++) {
      let energy = 0;
      for (let bin = 0; bin < bins; bin++) {
        const power = (parts[bin] ?? 0) ** 2 + (parts[bins + bin] ?? 0) ** 2;
        energy += (exponent === 2 ? power : Math.sqrt(power)) * (mel[bin * bands + band] ?? 0);
      }
      logMel[frame * bands + band] =
        logarithm === "ln" ? Math.log(energy + offset) : 10 * Math.log10(Math.max(energy, offset));
    }
  }
  return logMel;
}

/** Whether the shape of an input has bands before frames: [.., bands, frames]. */
export function isTransposed({ bands }: LogMelInput, dims: readonly number[]): boolean {
  return dims.filter((size) => size > 1).at(-1) !== bands;
}

/** What goes into a backbone for one window of samples, in the order of its input. */
export function computeInput(
  samples: Float32Array,
  {
    logMel,
    input,
    sampleRateHz,
  }: {
    readonly logMel?: LogMelInput | undefined;
    readonly input: { readonly dims: readonly number[] };
    readonly sampleRateHz: number;
  },
): Float32Array {
  if (logMel === undefined) return samples;
  const values = computeLogMel(samples, logMel, sampleRateHz);
  if (!isTransposed(logMel, input.dims)) return values;
  const frames = values.length / logMel.bands;
  return values.map((_, index) => at(values, (index % frames) * logMel.bands + Math.floor(index / frames)));
}
