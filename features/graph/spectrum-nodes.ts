import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { FeatureConfig } from "../feature-config.ts";
import {
  computeColumnDft,
  computeHalfRowDft,
  findBin,
  type FourierSplit,
  splitEvenly,
} from "./fourier-matrices.ts";
import { addJoinedBlocks, addSlice } from "./frame-nodes.ts";
import type { PowerBins } from "./mel-nodes.ts";

/** What the steps share: float64 or float32, down to the powers, which are float32. */
interface Arithmetic {
  readonly graph: GraphBuilder;
  readonly split: FourierSplit;
  readonly addMatrix: (name: string, values: Float64Array, dims: readonly number[]) => string;
  readonly addCast: (value: string, to: "float32" | "float64") => string;
}

const quarters = [0, 1, 2, 3] as const;

/**
 * Adds blocks [batch, blocks, hopSamples] -> power spectra of windowed frames, in one precision throughout: the four
 * quarters from 0 Hz to Nyquist, each [bins, batch x frames].
 *
 * Samples are transposed once, so that frames lie innermost: each step of the FFT is then a product from the left, and
 * its result is the next one's input as it lies. The step over n1 is halved: even k1 see the sum of a frame's halves,
 * odd k1 their difference (decimation in frequency). Then, for each k1 and each b of n2 = 2a + b, the step over a with
 * the twiddles; last, sum and difference over b.
 */
export function addPowerSpectra(
  graph: GraphBuilder,
  blocks: string,
  config: FeatureConfig,
  precision: "float32" | "float64",
): PowerBins[] {
  const arithmetic = chooseArithmetic(graph, config, precision);
  const frames = addHalfFrames(graph, blocks, config);
  const columns = [0, 1].map((b) => addWindowing(arithmetic, frames, config, b));
  const spectra = [0, 1].flatMap((parity) => {
    const k1s = Array.from({ length: arithmetic.split.halfRows }, (_, k1) => k1).filter(
      (k1) => k1 % 2 === parity,
    );
    const halved = columns.map(({ sum, difference }) => (parity === 0 ? sum : difference));
    return addSpectra(arithmetic, halved, k1s);
  });
  return quarters.map((quarter) => {
    const parts = spectra.filter((part) => part.quarter === quarter);
    const powers = parts.map(({ power }) => power);
    const bins = parts.flatMap((part) => part.bins);
    const joined = graph.addNode("Concat", powers, { axis: 0 });
    return { power: graph.addNode("Reshape", [joined, graph.addInts([bins.length, -1])]), bins };
  });
}

/** Meyda's symmetric Hann window, which it holds as float32. */
export function computeWindow(fftSamples: number): Float64Array {
  return Float64Array.from({ length: fftSamples }, (_, index) =>
    Math.fround(0.5 - 0.5 * Math.cos((2 * Math.PI * index) / (fftSamples - 1))),
  );
}

function chooseArithmetic(
  graph: GraphBuilder,
  { fftSamples }: FeatureConfig,
  precision: "float32" | "float64",
): Arithmetic {
  const arrayOf = { float32: Float32Array, float64: Float64Array };
  const typeCodes = { float32: 1, float64: 11 }; // `TensorProto.DataType`, as Cast wants it
  return {
    graph,
    split: splitEvenly(fftSamples),
    addMatrix: (name, values, dims) => graph.addConstant(name, arrayOf[precision].from(values), dims),
    addCast: (value, to) =>
      precision === "float32" ? value : graph.addNode("Cast", [value], { to: typeCodes[to] }),
  };
}

/** Half windows [fftSamples / 2, batch, halves]; frame f is halves `step f` and `step f + apart`. */
interface HalfFrames {
  readonly halves: string;
  readonly apart: number;
  readonly step: number;
}

function addHalfFrames(graph: GraphBuilder, blocks: string, config: FeatureConfig): HalfFrames {
  const { fftSamples, hopSamples } = config;
  const half = fftSamples / 2;
  const isWhole = hopSamples === fftSamples; // frames side by side
  const halves = isWhole
    ? graph.addNode("Reshape", [blocks, graph.addInts([0, -1, half])])
    : addJoinedBlocks(graph, blocks, config, half);
  return {
    halves: graph.addNode("Transpose", [halves], { perm: [2, 0, 1] }),
    ...(isWhole ? { apart: 1, step: 2 } : { apart: half / hopSamples, step: 1 }),
  };
}

/** Sum and difference of a frame's windowed halves, at the samples of one b: [rows / 2, middle x batch x frames]. */
function addWindowing(
  { graph, split, addMatrix, addCast }: Arithmetic,
  { halves, apart, step }: HalfFrames,
  { fftSamples }: FeatureConfig,
  b: number,
): { readonly sum: string; readonly difference: string } {
  const window = computeWindow(fftSamples);
  const size = fftSamples / 2;
  const halfSums = [0, 1].map((half) => {
    const frames = half === 0 ? { start: 0, end: -apart } : { start: apart };
    const samples = addSlice(graph, halves, { start: b, step: 2, axis: 0 }, { ...frames, step, axis: 2 });
    const factors = window.filter((_, index) => Math.floor(index / size) === half && index % 2 === b);
    const column = addMatrix("window", factors, [factors.length, 1, 1]);
    return graph.addNode("Mul", [addCast(samples, "float64"), column]);
  });
  const addRows = (operator: "Add" | "Sub"): string =>
    graph.addNode("Reshape", [graph.addNode(operator, halfSums), graph.addInts([split.rows / 2, -1])]);
  return { sum: addRows("Add"), difference: addRows("Sub") };
}

/** The steps for some k1, all even or all odd. @param halved what they see of the samples, for each b */
function addSpectra(
  { graph, split, addMatrix, addCast }: Arithmetic,
  halved: readonly string[],
  k1s: readonly number[],
): (PowerBins & { readonly quarter: number })[] {
  const { rows, middle } = split;
  const count = middle / quarters.length;
  const cs = Array.from({ length: middle }, (_, c) => c);
  const csOf = quarters.map((quarter) => cs.slice(quarter * count, (quarter + 1) * count));
  const order = csOf.flatMap((some) => [0, 1].flatMap((part) => some.map((c) => ({ part, c }))));
  const rowDft = addMatrix("row_dft", computeHalfRowDft(split, k1s), [2 * k1s.length, rows / 2]);
  const spectra = halved.map((samples, b) => {
    const rowSpectra = graph.addNode("MatMul", [rowDft, samples]);
    const grid = graph.addNode("Reshape", [rowSpectra, graph.addInts([k1s.length, 2 * middle, -1])]);
    const matrices = computeColumnDft(split, k1s, b, order);
    return graph.addNode("MatMul", [
      addMatrix("column_dft", matrices, [k1s.length, 2 * middle, 2 * middle]),
      grid,
    ]);
  });
  return (["Add", "Sub"] as const).flatMap((operator, d) => {
    const spectrum = addCast(graph.addNode(operator, spectra), "float32");
    const squares = graph.addNode("Mul", [spectrum, spectrum]);
    const names = quarters.flatMap((quarter) => [`real_squares_${quarter}`, `imaginary_squares_${quarter}`]);
    const sizes = graph.addInts(names.map(() => count));
    const squaresOf = graph.addNodeWithOutputs("Split", [squares, sizes], names, { axis: 1 });
    return csOf.map((some, place) => {
      const parts = squaresOf.slice(2 * place, 2 * place + 2);
      return {
        power: graph.addNode("Add", parts), // [k1s, count, batch x frames]
        bins: k1s.flatMap((k1) => some.map((c) => findBin(split, k1, c + middle * d))),
        quarter: d === 0 ? place : quarters.length - 1 - place, // above Nyquist frequencies fall
      };
    });
  });
}
