import { GraphBuilder } from "../onnx/graph-builder.ts";
import { checkExtractionConfig } from "./check-config.ts";
import type { FeatureConfig } from "./feature-config.ts";
import { computeColumnDfts, computeRowDft, permuteBins, splitWindow } from "./fourier-matrices.ts";
import { computeMelWeights } from "./mel-filters.ts";

type Precision = NonNullable<FeatureGraphOptions["precision"]>;

const arrayOf = { float32: Float32Array, float64: Float64Array };
/** `TensorProto.DataType`, as Cast wants it. */
const typeCodes = { float32: 1, float64: 11 };
const lastIndex = 2 ** 31 - 1; // "to the end" for Slice

export interface FeatureGraphOptions {
  /**
   * What window and FFT compute in. float64 (the default) holds Meyda's numbers to 1e-5 for any sound. float32 takes
   * half the time or less, but a frame's quiet bins drown in the rounding of its loud ones, 140 dB below them: bands
   * that hold next to nothing beside a loud tone, or above the cutoff of a lossy codec, are off by up to 1.
   */
  readonly precision?: "float64" | "float32";
}

/**
 * The feature graph: ONNX nodes that turn samples into the log-mel that Meyda gives. Only Slice, Concat, Reshape,
 * Transpose, MatMul, Cast and arithmetic, which every runtime has; one without float64 (WebGPU) leaves those nodes
 * to the processor.
 * @returns bytes of a model: `samples` [batch, samples] float32 in full scale [-1, 1] -> `features` [batch, frames,
 *   melBands], `countFrames` of them: 0 for samples shorter than a window @throws UserError for a config it cannot do
 */
export function buildFeatureGraph(config: FeatureConfig, options: FeatureGraphOptions = {}): Uint8Array {
  const graph = new GraphBuilder({ name: "features" });
  const samples = graph.addInput("samples", "float32", ["batch", "samples"]);
  const features = addFeatureNodes(graph, samples, config, options);
  graph.addOutput("features", features, "float32", ["batch", "frames", config.melBands]);
  return graph.build();
}

/** Adds samples [batch, samples] -> log-mel ln(1 + power) [batch, frames, melBands]. @returns the log-mel's name */
export function addFeatureNodes(
  graph: GraphBuilder,
  samples: string,
  config: FeatureConfig,
  options: FeatureGraphOptions = {},
): string {
  return addLogNodes(graph, addMelPowerNodes(graph, samples, config, options));
}

/** Adds mel power -> ln(1 + power), any shape. */
export function addLogNodes(graph: GraphBuilder, power: string): string {
  return graph.addNode("Log", [graph.addNode("Add", [power, graph.addScalar(1)])]);
}

/**
 * Adds samples [batch, samples] -> mel power [batch, frames, melBands], for a caller that changes the level before
 * the log. @throws UserError for a config that the graph cannot do
 */
export function addMelPowerNodes(
  graph: GraphBuilder,
  samples: string,
  config: FeatureConfig,
  { precision = "float64" }: FeatureGraphOptions = {},
): string {
  checkExtractionConfig(config, "graph"); // scalar features, which have no nodes, are refused
  const frames = addFraming(graph, addCast(graph, samples, precision), config);
  const windowed = graph.addNode("Mul", [frames, addWindow(graph, config, precision)]);
  const power = addPowerSpectrum(graph, windowed, config, precision);
  const melPower = graph.addNode("MatMul", [power, addMelWeights(graph, config)]);
  const batch = graph.addNode("Shape", [samples], { start: 0, end: 1 });
  const shape = graph.addNode("Concat", [batch, graph.addInts([-1, config.melBands])], { axis: 0 });
  return graph.addNode("Reshape", [melPower, shape]);
}

/**
 * [batch, samples] -> [batch, frames, windowSamples]. Samples become blocks of one hop; then each block is joined
 * with its neighbour, and the pairs with the pairs after them, until a window is full.
 */
function addFraming(graph: GraphBuilder, samples: string, config: FeatureConfig): string {
  const { windowSamples, hopSamples } = config;
  const hop = graph.addInts([hopSamples]);
  const length = graph.addNode("Shape", [samples], { start: 1, end: 2 });
  const wholeBlocks = graph.addNode("Mul", [graph.addNode("Div", [length, hop]), hop]);
  const trimmed = graph.addNode("Slice", [samples, graph.addInts([0]), wholeBlocks, graph.addInts([1])]);
  let frames = graph.addNode("Reshape", [trimmed, graph.addInts([0, -1, hopSamples])]);
  for (let blocks = 1; blocks * hopSamples < windowSamples; blocks *= 2) {
    const first = addSlice(graph, frames, { start: 0, end: -blocks, axis: 1 });
    const second = addSlice(graph, frames, { start: blocks, end: lastIndex, axis: 1 });
    frames = graph.addNode("Concat", [first, second], { axis: 2 });
  }
  return frames;
}

/** The four-step FFT: [batch, frames, windowSamples] -> powers [batch x frames, halfRows x columns], permuted. */
function addPowerSpectrum(
  graph: GraphBuilder,
  windowed: string,
  config: FeatureConfig,
  precision: Precision,
): string {
  const split = splitWindow(config.windowSamples);
  const { rows, columns, halfRows } = split;
  const rowDft = graph.addConstant("row_dft", arrayOf[precision].from(computeRowDft(split)), [
    2 * halfRows,
    rows,
  ]);
  const columnDfts = graph.addConstant("column_dfts", arrayOf[precision].from(computeColumnDfts(split)), [
    halfRows,
    2 * columns,
    2 * columns,
  ]);
  const grid = graph.addNode("Reshape", [windowed, graph.addInts([-1, rows, columns])]);
  const rowSpectra = graph.addNode("MatMul", [rowDft, grid]);
  const parts = graph.addNode("Reshape", [rowSpectra, graph.addInts([-1, 2, halfRows, columns])]);
  const byRow = graph.addNode("Transpose", [parts], { perm: [2, 0, 1, 3] });
  const complexRows = graph.addNode("Reshape", [byRow, graph.addInts([halfRows, -1, 2 * columns])]);
  const spectra = graph.addNode("MatMul", [complexRows, columnDfts]);
  const rounded = precision === "float32" ? spectra : addCast(graph, spectra, "float32");
  const squares = graph.addNode("Mul", [rounded, rounded]);
  const power = graph.addNode("Add", [
    addSlice(graph, squares, { start: 0, end: columns, axis: 2 }),
    addSlice(graph, squares, { start: columns, end: 2 * columns, axis: 2 }),
  ]);
  const byFrame = graph.addNode("Transpose", [power], { perm: [1, 0, 2] });
  return graph.addNode("Reshape", [byFrame, graph.addInts([-1, halfRows * columns])]);
}

/** Meyda's symmetric Hann window, times the sample scale. */
function addWindow(
  graph: GraphBuilder,
  { windowSamples, sampleScale }: FeatureConfig,
  precision: Precision,
): string {
  const window = Float64Array.from({ length: windowSamples }, (_, index) => {
    const angle = (2 * Math.PI * index) / (windowSamples - 1);
    return sampleScale * Math.fround(0.5 - 0.5 * Math.cos(angle)); // Meyda's window is float32
  });
  return graph.addConstant("window", arrayOf[precision].from(window), [windowSamples]);
}

function addMelWeights(graph: GraphBuilder, config: FeatureConfig): string {
  const split = splitWindow(config.windowSamples);
  const weights = permuteBins(computeMelWeights(config), split, config.melBands);
  return graph.addConstant("mel_weights", weights, [split.halfRows * split.columns, config.melBands]);
}

function addCast(graph: GraphBuilder, value: string, to: Precision): string {
  return graph.addNode("Cast", [value], { to: typeCodes[to] });
}

function addSlice(
  graph: GraphBuilder,
  value: string,
  { start, end, axis }: { start: number; end: number; axis: number },
): string {
  return graph.addNode("Slice", [value, ...[start, end, axis].map((number) => graph.addInts([number]))]);
}
