import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { FeatureConfig } from "./feature-config.ts";
import { melWeightsName } from "./feature-graph-names.ts";
import { computeMelWeights } from "./mel-filters.ts";

/** Powers, or a part of them, in any order. */
export interface PowerBins {
  readonly power: string;
  /** The bin in each place; undefined for one that stands elsewhere already. */
  readonly bins: readonly (number | undefined)[];
}

/** Adds powers [frames, bins] -> mel power [frames, melBands]: one product with all the triangles. */
export function addMelBands(graph: GraphBuilder, { power, bins }: PowerBins, config: FeatureConfig): string {
  const { melBands } = config;
  const triangles = gatherTriangles(config, bins, { first: 0, end: melBands });
  const weights = graph.addConstant(melWeightsName, triangles, [bins.length, melBands]);
  return graph.addNode("MatMul", [power, weights]);
}

/**
 * Adds parts of the spectrum, each [bins, frames] -> mel power [frames, melBands]. Triangles are narrow, so that each part has its product
 * with the few bands that it reaches, and bands that two parts reach are added up.
 */
export function addMelBandsOfParts(
  graph: GraphBuilder,
  parts: readonly PowerBins[],
  config: FeatureConfig,
): string {
  const reached: number[] = [];
  const products: string[] = [];
  for (const { power, bins } of parts) {
    const range = findBands(config, bins);
    const bands = range.end - range.first;
    if (bands <= 0) continue;
    const triangles = gatherTriangles(config, bins, range);
    const weights = graph.addConstant("triangles", transpose(triangles, bands), [bands, bins.length]);
    products.push(graph.addNode("MatMul", [weights, power]));
    for (let band = range.first; band < range.end; band++) reached.push(band);
  }
  const byFrame = graph.addNode("Transpose", [graph.addNode("Concat", products, { axis: 0 })], {
    perm: [1, 0],
  });
  const sums = Float32Array.from({ length: reached.length * config.melBands }, (_, index) =>
    reached[Math.floor(index / config.melBands)] === index % config.melBands ? 1 : 0,
  );
  return graph.addNode("MatMul", [
    byFrame,
    graph.addConstant(melWeightsName, sums, [reached.length, config.melBands]),
  ]);
}

interface BandRange {
  readonly first: number;
  readonly end: number;
}

/** [bins.length, range]: the triangles' heights, times the square of the sample scale. */
function gatherTriangles(
  config: FeatureConfig,
  bins: PowerBins["bins"],
  { first, end }: BandRange,
): Float32Array {
  const { melBands, sampleScale } = config;
  const weights = computeMelWeights(config).map((weight) => weight * sampleScale ** 2);
  const triangles = new Float32Array(bins.length * (end - first));
  for (const [place, bin] of bins.entries()) {
    if (bin === undefined) continue;
    triangles.set(weights.subarray(bin * melBands + first, bin * melBands + end), place * (end - first));
  }
  return triangles;
}

/** The bands from the first to the last that take any of the bins. */
function findBands(config: FeatureConfig, bins: PowerBins["bins"]): BandRange {
  const { melBands } = config;
  const heights = gatherTriangles(config, bins, { first: 0, end: melBands });
  const bands = Array.from(heights.entries(), ([index, height]) =>
    height > 0 ? index % melBands : -1,
  ).filter((band) => band >= 0);
  return bands.reduce(
    ({ first, end }, band) => ({ first: Math.min(first, band), end: Math.max(end, band + 1) }),
    { first: melBands, end: 0 },
  );
}

/** [rows, columns] -> [columns, rows]. */
function transpose(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return values.map((_, index) => values[(index % rows) * columns + Math.floor(index / rows)] ?? 0);
}
