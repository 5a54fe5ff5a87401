import { at } from "../../common/at.ts";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { FeatureConfig } from "../feature-config.ts";
import { elementTypes } from "../../onnx/element-types.ts";

/** Powers, or a part of them, in any order. */
export interface PowerBins {
  readonly power: string;
  /** The bin in each place; undefined for one that stands elsewhere already. */
  readonly bins: readonly (number | undefined)[];
}

/** Adds powers [frames, bins] -> mel power [frames, melBands]: one product with all the triangles. */
export function addMelBands(graph: GraphBuilder, { power, bins }: PowerBins, config: FeatureConfig): string {
  const { melBands } = config;
  const triangles = gatherTriangles(computeTriangles(config), bins, { first: 0, end: melBands });
  const weights = graph.addConstant("mel_weights", triangles, [bins.length, melBands]);
  return graph.addNode("MatMul", [power, weights]);
}

/**
 * Adds parts of the spectrum, each [bins, frames] -> mel power [frames, melBands]. Triangles are narrow, so that each
 * part has its product with the few bands that it reaches, and bands that two parts reach are added up.
 */
export function addMelBandsOfParts(
  graph: GraphBuilder,
  parts: readonly PowerBins[],
  config: FeatureConfig,
): string {
  const triangles = computeTriangles(config);
  const reached: number[] = [];
  const products: string[] = [];
  for (const { power, bins } of parts) {
    const range = findBands(triangles, bins);
    const bands = range.end - range.first;
    if (bands <= 0) continue;
    const heights = transpose(gatherTriangles(triangles, bins, range), bands);
    const weights = graph.addConstant("triangles", heights, [bands, bins.length]);
    products.push(graph.addNode("MatMul", [weights, power]));
    for (let band = range.first; band < range.end; band++) reached.push(band);
  }
  const byFrame = graph.addNode("Transpose", [graph.addNode("Concat", products, { axis: 0 })], {
    perm: [1, 0],
  });
  const sums = Uint8Array.from({ length: reached.length * config.melBands }, (_, index) =>
    reached[Math.floor(index / config.melBands)] === index % config.melBands ? 1 : 0,
  );
  // Bytes in the file; a runtime casts them once, when it folds constants.
  const bytes = graph.addConstant("band_sums", sums, [reached.length, config.melBands], "uint8");
  return graph.addNode("MatMul", [
    byFrame,
    graph.addNode("Cast", [bytes], { to: elementTypes.float32.code }),
  ]);
}

/** [bins, melBands]: heights, times the square of the sample scale. */
interface Triangles {
  readonly heights: Float32Array;
  readonly melBands: number;
}

function computeTriangles(config: FeatureConfig): Triangles {
  const { melBands, sampleScale } = config;
  return { heights: computeMelWeights(config).map((height) => height * sampleScale ** 2), melBands };
}

interface BandRange {
  readonly first: number;
  readonly end: number;
}

/** [bins.length, range] */
function gatherTriangles(
  { heights, melBands }: Triangles,
  bins: PowerBins["bins"],
  { first, end }: BandRange,
): Float32Array {
  const gathered = new Float32Array(bins.length * (end - first));
  for (const [place, bin] of bins.entries()) {
    if (bin === undefined) continue;
    gathered.set(heights.subarray(bin * melBands + first, bin * melBands + end), place * (end - first));
  }
  return gathered;
}

/** The bands from the first to the last that take any of the bins. */
function findBands({ heights, melBands }: Triangles, bins: PowerBins["bins"]): BandRange {
  let [first, end] = [melBands, 0];
  for (const bin of bins) {
    if (bin === undefined) continue;
    const row = heights.subarray(bin * melBands, (bin + 1) * melBands);
    const lowest = row.findIndex((height) => height > 0);
    if (lowest >= 0) first = Math.min(first, lowest);
    end = Math.max(end, row.findLastIndex((height) => height > 0) + 1);
  }
  return { first, end };
}

/** [rows, columns] -> [columns, rows]. */
function transpose(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return values.map((_, index) => at(values, (index % rows) * columns + Math.floor(index / rows)));
}

type MelSettings = Pick<FeatureConfig, "sampleRateHz" | "fftSamples" | "melBands">;

/**
 * Meyda's mel triangles: `weights[bin * melBands + band]` for the first half of the FFT's bins. Edges lie at equal
 * steps of mel = 1125 ln(1 + f / 700) from 0 to Nyquist and fall on bin floor((window + 1) f / rate); a triangle
 * rises from 0 at its first edge to 1 at its second. With many bands the lowest have no bin and stay 0.
 * Frequencies pass through float32 as in Meyda 5.6.3, or an edge could fall one bin aside.
 */
function computeMelWeights(settings: MelSettings): Float32Array {
  const { fftSamples, melBands } = settings;
  const edges = computeEdgeBins(settings);
  const weights = new Float32Array((fftSamples / 2) * melBands);
  for (let band = 0; band < melBands; band++) {
    const [low = 0, peak = 0, high = 0] = edges.subarray(band, band + 3);
    for (let bin = low; bin < peak; bin++) weights[bin * melBands + band] = (bin - low) / (peak - low);
    for (let bin = peak; bin < high; bin++) weights[bin * melBands + band] = (high - bin) / (high - peak);
  }
  return weights;
}

function computeEdgeBins({ sampleRateHz, fftSamples, melBands }: MelSettings): Int32Array {
  const highestMel = 1125 * Math.log(1 + sampleRateHz / 2 / 700);
  const step = highestMel / (melBands + 1);
  return Int32Array.from({ length: melBands + 2 }, (_, index) => {
    const mel = Math.fround(index * step);
    const frequencyHz = Math.fround(700 * (Math.exp(mel / 1125) - 1));
    return Math.floor(((fftSamples + 1) * frequencyHz) / sampleRateHz);
  });
}
