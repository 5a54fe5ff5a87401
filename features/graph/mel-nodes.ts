import { at } from "../../common/at.ts";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { FeatureConfig } from "../feature-config.ts";
import { elementTypes } from "../../onnx/element-types.ts";
import { computeMelWeights } from "../mel-filters.ts";

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
