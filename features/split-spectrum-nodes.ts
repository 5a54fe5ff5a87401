import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { FeatureConfig } from "./feature-config.ts";
import { computeColumnDfts, computeRowDft, splitWindow } from "./fourier-matrices.ts";
import { addFraming } from "./frame-nodes.ts";
import { addPowers, addRegrouping, computeWindow } from "./spectrum-nodes.ts";

/** A number in two float32 values: a whole number, and the rest, at most about a half. */
interface Parts {
  readonly whole: string;
  readonly rest: string;
}

const sampleBits = 12;
const windowBits = 11;

/**
 * Like `addPowerSpectra`, in float32 values alone but with about ten more bits, for runtimes without float64
 * (onnxruntime-web has none, on WASM and WebGPU alike). Each factor of a MatMul is cut into a whole number of few
 * bits and the rest (Ozaki et al. 2012, error-free transformations of matrix multiplication): the product of whole
 * numbers is exact, whatever the order of sums, because all sums stay below 2^24; only products with a rest, some
 * 2^9 times smaller, are rounded.
 */
export function addSplitPowerSpectra(graph: GraphBuilder, samples: string, config: FeatureConfig): string {
  const split = splitWindow(config.windowSamples);
  const { rows, columns, halfRows } = split;
  const bits = chooseBits(rows, columns);
  const frames = addWindowing(graph, samples, config, 2 ** bits.frame);
  const addGrid = (value: string): string =>
    graph.addNode("Reshape", [value, graph.addInts([-1, rows, columns])]);
  const rowDft = {
    name: "row_dft",
    values: computeRowDft(split),
    dims: [2 * halfRows, rows],
    bits: bits.rowDft,
  };
  const rowSpectra = addProduct(graph, mapParts(frames, addGrid), rowDft, "left");
  const rescaled = addRescaling(graph, rowSpectra, 2 ** (bits.rowSpectrum - bits.frame - bits.rowDft));
  const columnDfts = {
    name: "column_dfts",
    values: computeColumnDfts(split),
    dims: [halfRows, 2 * columns, 2 * columns],
    bits: bits.columnDft,
  };
  const regrouped = mapParts(rescaled, (part) => addRegrouping(graph, part, split));
  const spectra = addProduct(graph, regrouped, columnDfts, "right");
  const scale = graph.addScalar(2 ** -(bits.rowSpectrum + bits.columnDft));
  const joined = graph.addNode("Mul", [graph.addNode("Add", [spectra.whole, spectra.rest]), scale]);
  return addPowers(graph, joined, split);
}

/**
 * Bits after the point of each factor's whole part. Sums of magnitudes stay below 2^24 for any sound up to 1.5 times
 * full scale: a row's DFT sums rows / pi of them at most (a square wave under the window), both together some
 * windowSamples / pi. Louder sound loses the extra bits.
 */
function chooseBits(rows: number, columns: number) {
  const rowBits = 25 - Math.log2(rows);
  const columnBits = 26 - Math.log2(rows * columns);
  return {
    frame: Math.ceil(rowBits / 2),
    rowDft: Math.floor(rowBits / 2),
    rowSpectrum: Math.floor(columnBits / 2),
    columnDft: Math.ceil(columnBits / 2),
  };
}

/** Frames times the window, in parts, scaled. Samples and window are cut too, so that their product is exact. */
function addWindowing(graph: GraphBuilder, samples: string, config: FeatureConfig, scale: number): Parts {
  const sampleScale = graph.addScalar(2 ** sampleBits);
  const cut = addParts(graph, graph.addNode("Mul", [samples, sampleScale]));
  const frames = mapParts(cut, (part) => addFraming(graph, part, config));
  const window = computeWindow(config.windowSamples);
  const coarse = window.map((value) => Math.round(value * 2 ** windowBits) / 2 ** windowBits);
  const addWindow = (values: Float64Array): string =>
    graph.addConstant(
      "window",
      Float32Array.from(values, (value) => (value * scale) / 2 ** sampleBits),
      [window.length],
    );
  const exact = addParts(graph, graph.addNode("Mul", [frames.whole, addWindow(coarse)]));
  const fine = window.map((value, index) => value - (coarse[index] ?? 0));
  const small = graph.addNode("Add", [
    graph.addNode("Mul", [frames.whole, addWindow(fine)]),
    graph.addNode("Mul", [frames.rest, addWindow(window)]),
  ]);
  return { whole: exact.whole, rest: graph.addNode("Add", [exact.rest, small]) };
}

interface Matrix {
  readonly name: string;
  readonly values: Float64Array;
  readonly dims: readonly number[];
  readonly bits: number;
}

/** value x matrix x 2^bits (or matrix x value): the exact product of the whole parts, and the sum of all others. */
function addProduct(graph: GraphBuilder, value: Parts, matrix: Matrix, side: "left" | "right"): Parts {
  const scaled = matrix.values.map((entry) => entry * 2 ** matrix.bits);
  const multiply = (part: string, entries: Float64Array, kind: string): string => {
    const name = graph.addConstant(`${matrix.name}/${kind}`, Float32Array.from(entries), matrix.dims);
    return graph.addNode("MatMul", side === "left" ? [name, part] : [part, name]);
  };
  const wholeEntries = scaled.map(Math.round);
  const restEntries = scaled.map((entry, index) => entry - (wholeEntries[index] ?? 0));
  return {
    whole: multiply(value.whole, wholeEntries, "whole"),
    rest: graph.addNode("Add", [
      multiply(value.whole, restEntries, "rest"),
      multiply(value.rest, scaled, "all"),
    ]),
  };
}

/** The same number in units 1 / factor times as large, a power of two, with a whole part again. */
function addRescaling(graph: GraphBuilder, value: Parts, factor: number): Parts {
  const scale = graph.addScalar(factor);
  const { whole, rest } = addParts(graph, graph.addNode("Mul", [value.whole, scale]));
  return { whole, rest: graph.addNode("Add", [rest, graph.addNode("Mul", [value.rest, scale])]) };
}

/** Cuts a value into its nearest whole number and the rest, exactly. */
function addParts(graph: GraphBuilder, value: string): Parts {
  const whole = graph.addNode("Floor", [graph.addNode("Add", [value, graph.addScalar(0.5)])]);
  return { whole, rest: graph.addNode("Sub", [value, whole]) };
}

function mapParts(parts: Parts, change: (part: string) => string): Parts {
  return { whole: change(parts.whole), rest: change(parts.rest) };
}
