import { GraphBuilder } from "../onnx/graph-builder.ts";
import { checkExtractionConfig } from "./check-config.ts";
import type { FeatureConfig } from "./feature-config.ts";
import { melWeightsName } from "./feature-graph-names.ts";
import { type FourierSplit, permuteBins, splitInThree, splitWindow } from "./fourier-matrices.ts";
import { computeMelWeights } from "./mel-filters.ts";
import { addPowerSpectra } from "./spectrum-nodes.ts";
import { addSplitPowerSpectra } from "./split-spectrum-nodes.ts";

export interface FeatureGraphOptions {
  /**
   * What window and FFT compute in. A frame's quiet bins drown in the rounding of its loud ones, so this decides how
   * far log-mel is from Meyda's where a band holds next to nothing, beside a tone or above a lossy codec's cutoff
   * (largest difference on the real ESC-10; on full-scale tones):
   * - `float64`: 4e-6; 4e-6. onnxruntime-node and `onnxruntime-web/wasm` have it, `onnxruntime-web/webgpu` refuses it.
   * - `split` (the default): float32 values in exact parts, 1.2e-5; 3e-5. Runs everywhere, in twice the time of float64.
   * - `float32`: 0.5; 1. Half the time of float64; good for noise-like sound.
   */
  readonly precision?: "float64" | "split" | "float32";
}

/**
 * The feature graph: ONNX nodes that turn samples into the log-mel that Meyda gives. Only Slice, Concat, Reshape,
 * Transpose, MatMul, Floor and arithmetic (and Cast, for float64) are left of it once a runtime has folded constants, so
 * that every runtime has it, WebGPU too.
 * @returns bytes of a model: `samples` [batch, samples] float32 in full scale [-1, 1] -> `features` [batch, frames,
 *   melBands], `countFrames` of them; onnxruntime refuses samples shorter than a window
 * @throws UserError for a config that the graph cannot do
 */
export function buildFeatureGraph(config: FeatureConfig, options: FeatureGraphOptions = {}): Uint8Array {
  const graph = new GraphBuilder({ name: "features" });
  const samples = graph.addInput("samples", "float32", ["batch", "samples"]);
  const features = addFeatureNodes(graph, samples, config, options);
  graph.addOutput("features", features, "float32", ["batch", "frames", config.melBands]);
  return graph.build();
}

/** Adds samples [batch, samples] -> log-mel ln(1 + power) [batch, frames, melBands]. @returns the log-mel's name */
function addFeatureNodes(
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
  { precision = "split" }: FeatureGraphOptions = {},
): string {
  checkExtractionConfig(config, "graph"); // scalar features, which have no nodes, are refused
  const split = (precision === "split" ? splitInThree : splitWindow)(config.windowSamples);
  const power =
    precision === "split"
      ? addSplitPowerSpectra(graph, samples, config)
      : addPowerSpectra(graph, samples, config, precision);
  const melPower = graph.addNode("MatMul", [power, addMelWeights(graph, config, split)]);
  const batch = graph.addNode("Shape", [samples], { start: 0, end: 1 });
  const shape = graph.addNode("Concat", [batch, graph.addInts([-1, config.melBands])], { axis: 0 });
  return graph.addNode("Reshape", [melPower, shape]);
}

/** The mel triangles, rows in the spectrum's order, times the square of the sample scale. */
function addMelWeights(graph: GraphBuilder, config: FeatureConfig, split: FourierSplit): string {
  const scaled = computeMelWeights(config).map((weight) => weight * config.sampleScale ** 2);
  const weights = permuteBins(scaled, split, config.melBands);
  return graph.addConstant(melWeightsName, weights, [split.halfRows * split.columns, config.melBands]);
}
