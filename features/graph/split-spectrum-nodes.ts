import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import { at } from "../../common/at.ts";
import { cutInThree } from "./cut-numbers.ts";
import type { FeatureConfig } from "../feature-config.ts";
import { computeRowDft, findBin, type FourierSplit, splitForExactness } from "./fourier-matrices.ts";
import { addJoinedBlocks } from "./frame-nodes.ts";
import type { PowerBins } from "./mel-nodes.ts";
import { computeWindow } from "./spectrum-nodes.ts";
import { addTwiddledDfts } from "./twiddle-nodes.ts";

/** A number as a sum: a whole number, and what is left, at most about a half. */
interface Halves {
  readonly whole: string;
  readonly rest: string;
}

const sampleBits = 12;
const windowBits = 11;

/**
 * Like `addPowerSpectra`, in float32 values alone but with some fifteen more bits, for runtimes without float64. The
 * factors of a MatMul are cut into whole numbers of few bits and a rest (Ozaki et al. 2012, error-free
 * transformations of matrix multiplication): products of whole numbers are exact, whatever the order of sums, because
 * all sums stay below 2^24; only products with a rest, thousands of times smaller, are rounded.
 *
 * The matrices of the step over a hold all the twiddles (`twiddle-nodes.ts`), so that the step over b is exact.
 * @returns powers [batch x frames, bins]
 */
export function addSplitPowerSpectra(graph: GraphBuilder, blocks: string, config: FeatureConfig): PowerBins {
  const split = splitForExactness(config.fftSamples);
  const bits = chooseBits(split);
  const frames = addWindowing(graph, blocks, config, 2 ** bits.frame);
  const levels = addRowSpectra(graph, frames, split, bits);
  const regrouped = levels.map((level) => addRegrouping(graph, level, split));
  const groups = addTwiddledDfts(graph, regrouped, split, bits.column).map((group) =>
    addLastStep(graph, group, split),
  );
  // From the largest to the smallest: in a quiet bin each sum is small before a smaller part comes in.
  const spectrum = groups.reduce((sum, group) => graph.addNode("Add", [sum, group]));
  return { power: addPowers(graph, spectrum, split), bins: listBins(split) };
}

/** What stands where in a spectrum [k1, k2]. */
function listBins(split: FourierSplit): PowerBins["bins"] {
  const { halfRows, columns } = split;
  return Array.from({ length: halfRows * columns }, (_, place) =>
    findBin(split, Math.floor(place / columns), place % columns),
  );
}

interface Bits {
  readonly frame: number;
  readonly row: number;
  readonly column: number;
}

/**
 * Bits after the point of each factor's whole part. Sums of magnitudes stay below 2^24 for any sound up to 1.5 times
 * full scale: a row's DFT sums rows / pi of them at most (a square wave under the window), all together
 * fftSamples / pi. Louder sound loses the extra bits.
 */
function chooseBits({ rows, columns }: FourierSplit): Bits {
  const rowBits = 25 - Math.log2(rows);
  const columnBits = 26 - Math.log2(rows * columns);
  const row = Math.floor(rowBits / 3); // the matrix is cut in three, frames only in two
  return { frame: rowBits - row, row, column: Math.floor(columnBits / 2) };
}

/** Frames times the window, in halves, scaled. Samples and window are cut too, so that their product is exact. */
function addWindowing(graph: GraphBuilder, blocks: string, config: FeatureConfig, scale: number): Halves {
  const split = splitForExactness(config.fftSamples);
  // Columns of a row are wanted by their b, then by their a: cheapest before frames overlap.
  const early = config.hopSamples % split.columns === 0;
  const placed = early ? addPlacing(graph, blocks, split, config.hopSamples) : blocks;
  const cut = addHalves(graph, graph.addNode("Mul", [placed, graph.addScalar(2 ** sampleBits)]));
  const addFrames = (part: string): string => {
    const joined = addJoinedBlocks(graph, part, config, config.fftSamples);
    return early ? joined : addPlacing(graph, joined, split, config.fftSamples);
  };
  const frames = { whole: addFrames(cut.whole), rest: addFrames(cut.rest) };
  const window = placeColumns(computeWindow(config.fftSamples), split);
  const coarse = window.map((value) => Math.round(value * 2 ** windowBits) / 2 ** windowBits);
  const addWindow = (values: Float64Array): string =>
    graph.addConstant(
      "window",
      Float32Array.from(values, (value) => (value * scale) / 2 ** sampleBits),
      [window.length],
    );
  const exact = graph.addNode("Mul", [frames.whole, addWindow(coarse)]);
  const fine = window.map((value, index) => value - at(coarse, index));
  const small = graph.addNode("Add", [
    graph.addNode("Mul", [frames.whole, addWindow(fine)]),
    graph.addNode("Mul", [frames.rest, addWindow(window)]),
  ]);
  return addHalves(graph, exact, small);
}

/**
 * The first step, then cut in three levels: [frames, 2 halfRows, columns] as whole numbers in units of 2^-bits.column,
 * whole numbers in the square of this unit, and the rest in the same.
 */
function addRowSpectra(graph: GraphBuilder, frames: Halves, split: FourierSplit, bits: Bits): string[] {
  const { rows, columns, halfRows } = split;
  const addGrid = (part: string): string =>
    graph.addNode("Reshape", [part, graph.addInts([-1, rows, columns])]);
  const grid = { whole: addGrid(frames.whole), rest: addGrid(frames.rest) };
  const dft = computeRowDft(split);
  const [coarse, fine, finest] = cutInThree(dft, bits.row);
  const multiply = (values: Float64Array, part: string, unitBits: number): string => {
    const entries = Float32Array.from(values, (value) => value * 2 ** (unitBits - bits.frame));
    return graph.addNode("MatMul", [graph.addConstant("row_dft", entries, [2 * halfRows, rows]), part]);
  };
  const first = addHalves(
    graph,
    multiply(coarse, grid.whole, bits.column),
    multiply(fine, grid.whole, bits.column),
  );
  const scaled = graph.addNode("Mul", [first.rest, graph.addScalar(2 ** bits.column)]);
  const small = graph.addNode("Add", [
    multiply(finest, grid.whole, 2 * bits.column),
    multiply(dft, grid.rest, 2 * bits.column),
  ]);
  const second = addHalves(graph, scaled, small);
  return [first.whole, second.whole, second.rest];
}

/** [frames, 2 halfRows, columns], real parts before imaginary -> [halfRows x last, 1, frames, 2 middle]. */
function addRegrouping(graph: GraphBuilder, rowSpectra: string, split: FourierSplit): string {
  const { halfRows, middle, last } = split;
  const parts = graph.addNode("Reshape", [rowSpectra, graph.addInts([-1, 2, halfRows, last, middle])]);
  const byRow = graph.addNode("Transpose", [parts], { perm: [2, 3, 0, 1, 4] });
  return graph.addNode("Reshape", [byRow, graph.addInts([halfRows * last, 1, -1, 2 * middle])]);
}

/** The step over b, a complex DFT of 4 points: [halfRows x last, 2, frames, middle] keeps its shape, b becomes d. */
function addLastStep(graph: GraphBuilder, value: string, { halfRows, last, middle }: FourierSplit): string {
  const matrix = new Float32Array(4 * last * last);
  for (let d = 0; d < last; d++) {
    for (let b = 0; b < last; b++) {
      const angle = (2 * Math.PI * b * d) / last;
      const [cosine, sine] = [Math.round(Math.cos(angle)), Math.round(Math.sin(angle))];
      const row = 4 * last * d + 2 * b;
      matrix.set([cosine, sine], row);
      matrix.set([-sine, cosine], row + 2 * last);
    }
  }
  const dft = graph.addConstant("last_dft", matrix, [2 * last, 2 * last]);
  const grid = graph.addNode("Reshape", [value, graph.addInts([halfRows, 2 * last, -1])]);
  const spectra = graph.addNode("MatMul", [dft, grid]);
  return graph.addNode("Reshape", [spectra, graph.addInts([halfRows * last, 2, -1, middle])]);
}

/** [halfRows x last, 2, frames, middle] -> powers [frames, halfRows x columns]. */
function addPowers(graph: GraphBuilder, spectra: string, split: FourierSplit): string {
  const { halfRows, columns } = split;
  const squares = graph.addNode("Mul", [spectra, spectra]);
  const power = graph.addNode("ReduceSum", [squares, graph.addInts([1])], { keepdims: 0 });
  const byFrame = graph.addNode("Transpose", [power], { perm: [1, 0, 2] });
  return graph.addNode("Reshape", [byFrame, graph.addInts([-1, halfRows * columns])]);
}

/** Puts the columns of every row in order of b, then a; `length` is the last axis, whole rows. */
function addPlacing(graph: GraphBuilder, value: string, split: FourierSplit, length: number): string {
  const { middle, last } = split;
  const groups = graph.addNode("Reshape", [value, graph.addInts([-1, middle, last])]);
  const placed = graph.addNode("Transpose", [groups], { perm: [0, 2, 1] });
  const shape = graph.addNode(
    "Concat",
    [graph.addNode("Shape", [value], { start: 0, end: 2 }), graph.addInts([length])],
    { axis: 0 },
  );
  return graph.addNode("Reshape", [placed, shape]);
}

/** As `addPlacing`, for numbers at hand. */
function placeColumns(values: Float64Array, { columns, middle, last }: FourierSplit): Float64Array {
  return values.map((_, index) => {
    const place = index % columns;
    return at(values, index - place + last * (place % middle) + Math.floor(place / middle));
  });
}

/** Cuts `large + small`, of which `large` is exact, into a whole number and the rest. */
function addHalves(graph: GraphBuilder, large: string, small?: string): Halves {
  const value = small === undefined ? large : graph.addNode("Add", [large, small]);
  const whole = graph.addNode("Floor", [graph.addNode("Add", [value, graph.addScalar(0.5)])]);
  const rest = graph.addNode("Sub", [large, whole]);
  return { whole, rest: small === undefined ? rest : graph.addNode("Add", [rest, small]) };
}
