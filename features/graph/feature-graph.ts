import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { checkExtractionConfig } from "../check-config.ts";
import type { FeatureConfig } from "../feature-config.ts";
import { addBlocks } from "./frame-nodes.ts";
import { addMelBands, addMelBandsOfParts } from "./mel-nodes.ts";
import { addPowerSpectra } from "./spectrum-nodes.ts";
import { addSplitPowerSpectra } from "./split-spectrum-nodes.ts";
import { melPowerName } from "./tensor-names.ts";

/**
 * What `buildFeatureGraph` takes.
 *
 *     buildFeatureGraph(defaultFeatureConfig, { precision: "float32" });
 */
export interface FeatureGraphOptions {
  /**
   * What window and FFT compute in. A frame's quiet bins drown in the rounding of its loud ones, so this decides how
   * far log-mel is from Meyda's where a band holds next to nothing, beside a tone or above a lossy codec's cutoff
   * (largest difference on the real ESC-10; on full-scale tones):
   * - `float64`: 4e-6; 4e-6. onnxruntime-node and `onnxruntime-web/wasm` have it, `onnxruntime-web/webgpu` refuses it.
   * - `split` (the default): float32 values in exact parts, 1.2e-5; 3e-5. Runs everywhere, in three times the time of
   *   float64.
   * - `float32`: 0.5; 1. Six tenths of float64's time; good for noise-like sound.
   */
  readonly precision?: "float64" | "split" | "float32";
}

/**
 * The feature graph: ONNX nodes that turn samples into the log-mel that Meyda gives. Only Slice, Concat, Reshape,
 * Transpose, MatMul, Floor and arithmetic (and Cast, for float64) are left of it once a runtime has folded constants, so
 * that every runtime has it, WebGPU too.
 *
 *     await writeFile("log-mel.onnx", buildFeatureGraph(defaultFeatureConfig, { precision: "float64" }));
 *
 * @returns bytes of a model: `samples` [batch, samples] float32 in full scale [-1, 1] -> `features` [batch, frames,
 *   melBands], `countFrames` of them. Samples shorter than a window give none, or, in `split`, onnxruntime refuses them
 * @throws UserError for a config that the graph cannot do
 */
export function buildFeatureGraph(config: FeatureConfig, options: FeatureGraphOptions = {}): Uint8Array {
  const graph = new GraphBuilder({ name: "features" });
  const samples = graph.addInput("samples", "float32", ["batch", "samples"]);
  return addFeatures(graph, addMelPowerNodes(graph, samples, config, options), config).build();
}

/** The same for a caller who has cut the samples: `blocks` [batch, blocks, hopSamples], which spares a copy. */
export function buildBlockGraph(config: FeatureConfig, options: FeatureGraphOptions = {}): Uint8Array {
  const graph = new GraphBuilder({ name: "features" });
  const blocks = graph.addInput("blocks", "float32", ["batch", "blocks", config.hopSamples]);
  return addFeatures(graph, addMelPowerOfBlocks(graph, blocks, config, options), config).build();
}

function addFeatures(graph: GraphBuilder, power: string, { melBands }: FeatureConfig): GraphBuilder {
  graph.addOutput("features", addLogNodes(graph, power), "float32", ["batch", "frames", melBands]);
  return graph;
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
  options: FeatureGraphOptions = {},
): string {
  return addMelPowerOfBlocks(graph, addBlocks(graph, samples, config), config, options);
}

function addMelPowerOfBlocks(
  graph: GraphBuilder,
  blocks: string,
  config: FeatureConfig,
  { precision = "split" }: FeatureGraphOptions,
): string {
  checkExtractionConfig(config, "graph"); // scalar features, which have no nodes, are refused
  const melPower =
    precision === "split"
      ? addMelBands(graph, addSplitPowerSpectra(graph, blocks, config), config)
      : addMelBandsOfParts(graph, addPowerSpectra(graph, blocks, config, precision), config);
  const batch = graph.addNode("Shape", [blocks], { start: 0, end: 1 });
  const shape = graph.addNode("Concat", [batch, graph.addInts([-1, config.melBands])], { axis: 0 });
  return graph.addNode("Reshape", [melPower, shape], {}, { name: melPowerName });
}
