import { createRandom } from "../../../common/random.ts";
import { GraphBuilder } from "../../../onnx/graph-builder.ts";
import { writeModel } from "../../../onnx/write-model.ts";
import { float } from "../../../onnx/attributes.ts";

export const tinyWindowSamples = 64;
export const tinyDimensions = 5;

interface TinyOptions {
  /** Default 64 samples to 5 numbers. */
  readonly windowSamples?: number;
  readonly dimensions?: number;
  /** Shape of the input. Default [1, 64]. */
  readonly dims?: readonly (number | string)[];
  readonly outputs?: readonly string[];
  /** What is done to the samples first. */
  readonly operator?: "Abs" | "Log" | "Unknown";
  readonly opset?: number;
}

/** |samples| times a matrix: a backbone of fixed batch 1 in 64 samples, with 8-bit weights as converters store them. */
export function buildTinyBackbone({
  windowSamples = tinyWindowSamples,
  dimensions = tinyDimensions,
  dims = [1, windowSamples],
  outputs = ["embedding"],
  operator = "Abs",
  opset = 17,
}: TinyOptions = {}): Uint8Array {
  const random = createRandom(1, "tiny backbone");
  const graph = new GraphBuilder({ name: "tiny", opset });
  const samples = graph.addInput("waveform", "float32", dims);
  const domain = operator === "Unknown" ? "custom" : "";
  const changed = graph.addNode(operator, [samples], {}, { domain });
  const flat = graph.addNode("Reshape", [changed, graph.addInts([1, windowSamples])]);
  const drawn = Array.from({ length: tinyWindowSamples * tinyDimensions }, () => random.integer(255) - 127);
  // The same numbers again in a larger one: millions of draws take seconds.
  const weights = Int8Array.from(
    { length: windowSamples * dimensions },
    (_, index) => drawn[index % drawn.length] ?? 0,
  );
  const stored = graph.addConstant("weights", weights, [windowSamples, dimensions]);
  const scale = graph.addConstant("scale", Float32Array.of(0.01), []);
  const wide = graph.addNode("DequantizeLinear", [stored, scale]);
  const product = graph.addNode("MatMul", [flat, wide]);
  const embedding = graph.addNode("LeakyRelu", [product], { alpha: float(0.1) });
  for (const name of outputs) graph.addOutput(name, embedding, "float32", [1, dimensions]);
  return writeModel(graph.toModel());
}
