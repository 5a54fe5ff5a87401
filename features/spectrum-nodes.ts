import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { FeatureConfig } from "./feature-config.ts";
import { computeColumnDfts, computeRowDft, type FourierSplit, splitWindow } from "./fourier-matrices.ts";
import { addFraming, addSlice } from "./frame-nodes.ts";

const arrayOf = { float32: Float32Array, float64: Float64Array };
/** `TensorProto.DataType`, as Cast wants it. */
const typeCodes = { float32: 1, float64: 11 };

/**
 * Adds samples [batch, samples] -> power spectra [batch x frames, halfRows x columns] of windowed frames, in the
 * order that `permuteBins` gives weights. The four-step FFT as two MatMuls, in one precision throughout.
 */
export function addPowerSpectra(
  graph: GraphBuilder,
  samples: string,
  config: FeatureConfig,
  precision: keyof typeof arrayOf,
): string {
  const split = splitWindow(config.windowSamples);
  const { rows, columns, halfRows } = split;
  const makeArray = (values: Float64Array): Float32Array | Float64Array => arrayOf[precision].from(values);
  const addCast = (value: string, to: keyof typeof arrayOf): string =>
    precision === "float32" ? value : graph.addNode("Cast", [value], { to: typeCodes[to] });

  const frames = addFraming(graph, addCast(samples, precision), config);
  const window = graph.addConstant("window", makeArray(computeWindow(config.windowSamples)), [
    rows * columns,
  ]);
  const windowed = graph.addNode("Mul", [frames, window]);
  const grid = graph.addNode("Reshape", [windowed, graph.addInts([-1, rows, columns])]);
  const rowDft = graph.addConstant("row_dft", makeArray(computeRowDft(split)), [2 * halfRows, rows]);
  const rowSpectra = addRegrouping(graph, graph.addNode("MatMul", [rowDft, grid]), split);
  const columnDfts = graph.addConstant("column_dfts", makeArray(computeColumnDfts(split)), [
    halfRows,
    2 * columns,
    2 * columns,
  ]);
  const spectra = graph.addNode("MatMul", [rowSpectra, columnDfts]);
  return addPowers(graph, addCast(spectra, "float32"), split);
}

/** Meyda's symmetric Hann window, which it holds as float32. */
export function computeWindow(windowSamples: number): Float64Array {
  return Float64Array.from({ length: windowSamples }, (_, index) =>
    Math.fround(0.5 - 0.5 * Math.cos((2 * Math.PI * index) / (windowSamples - 1))),
  );
}

/** [frames, 2 halfRows, columns], real parts before imaginary -> [halfRows, frames, 2 columns]. */
function addRegrouping(graph: GraphBuilder, rowSpectra: string, split: FourierSplit): string {
  const { columns, halfRows } = split;
  const parts = graph.addNode("Reshape", [rowSpectra, graph.addInts([-1, 2, halfRows, columns])]);
  const byRow = graph.addNode("Transpose", [parts], { perm: [2, 0, 1, 3] });
  return graph.addNode("Reshape", [byRow, graph.addInts([halfRows, -1, 2 * columns])]);
}

/** [halfRows, frames, 2 columns], real parts before imaginary -> powers [frames, halfRows x columns]. */
function addPowers(graph: GraphBuilder, spectra: string, split: FourierSplit): string {
  const { columns, halfRows } = split;
  const squares = graph.addNode("Mul", [spectra, spectra]);
  const power = graph.addNode("Add", [
    addSlice(graph, squares, { start: 0, end: columns, axis: 2 }),
    addSlice(graph, squares, { start: columns, end: 2 * columns, axis: 2 }),
  ]);
  const byFrame = graph.addNode("Transpose", [power], { perm: [1, 0, 2] });
  return graph.addNode("Reshape", [byFrame, graph.addInts([-1, halfRows * columns])]);
}
