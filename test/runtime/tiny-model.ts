import {
  defaultFeatureConfig,
  type FeatureConfig,
  hashFeatureConfig,
} from "../../features/feature-config.ts";
import {
  pickFormat,
  type ModelMetadata,
  modelMetadataSchema,
  type ParityResult,
} from "../../features/model-metadata.ts";
import { sealModel } from "../../features/model-seal.ts";
import { readMetadata } from "../../onnx/read-metadata.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";

/** Half a second at 8 kHz: small enough to count samples by hand. */
export const tinyFeatures: FeatureConfig = {
  ...defaultFeatureConfig,
  sampleRateHz: 8000,
  fftSamples: 256,
  hopSamples: 128,
  melBands: 8,
  clipSeconds: 0.5,
};

export const tinyLabels = ["quiet", "middle, ü", "loud"] as const;

const passedParity: ParityResult = {
  target: "cpu",
  inputs: 10,
  maxAbsoluteDifference: 1e-6,
  maxRelativeDifference: 1e-6,
  topClassAgreement: 1,
  tolerance: 1e-4,
  passed: true,
};

export const failedParity: ParityResult = { ...passedParity, maxAbsoluteDifference: 0.5, passed: false };

export function createTinyMetadata(changes: Partial<ModelMetadata> = {}): ModelMetadata {
  return {
    format: pickFormat(),
    program: "earshot 0.1.0",
    labels: [...tinyLabels],
    input: "samples",
    features: tinyFeatures,
    featureHash: hashFeatureConfig(tinyFeatures),
    network: "tiny",
    parameters: 6,
    metrics: { testAccuracy: 1 },
    parity: [passedParity],
    ...changes,
  };
}

/** Logits of `buildTinyModel` for samples whose mean absolute value is `level`. */
export function computeTinyLogits(level: number): [quiet: number, middle: number, loud: number] {
  return [2 - 10 * level, 1, 10 * level - 2];
}

/** samples [batch, n] -> logits [batch, 3], from the mean of |sample| alone. @param metadata null writes none */
export function buildTinyModel(metadata: unknown = createTinyMetadata()): Uint8Array {
  const graph = new GraphBuilder({ name: "tiny" });
  const samples = graph.addInput("samples", "float32", ["batch", "samples"]);
  const level = graph.addNode("ReduceMean", [graph.addNode("Abs", [samples])], { axes: [1], keepdims: 1 });
  const scaled = graph.addNode("MatMul", [
    level,
    graph.addConstant("w", Float32Array.of(-10, 0, 10), [1, 3]),
  ]);
  const logits = graph.addNode("Add", [scaled, graph.addConstant("b", Float32Array.of(2, 1, -2), [3])]);
  graph.addOutput("logits", logits, "float32", ["batch", 3]);
  if (metadata !== null) graph.setMetadata("earshot", JSON.stringify(metadata));
  return sealWhole(graph.build());
}

/** With its seal, where its metadata are complete and have none. */
export function sealWhole(bytes: Uint8Array): Uint8Array {
  const metadata = modelMetadataSchema.safeParse(JSON.parse(readMetadata(bytes).get("earshot") ?? "null"));
  return metadata.success && metadata.data.seal === undefined ? sealModel(bytes) : bytes;
}

/** features [batch, frames, bands] -> logits [batch, 3], from the mean over time of the first and the last band. */
export function buildTinyFeatureModel(
  metadata: unknown = createTinyMetadata({ input: "features" }),
): Uint8Array {
  const bands = tinyFeatures.melBands;
  const graph = new GraphBuilder({ name: "tiny-features" });
  const features = graph.addInput("features", "float32", ["batch", "frames", bands]);
  const mean = graph.addNode("ReduceMean", [features], { axes: [1], keepdims: 0 });
  const weights = new Float32Array(bands * 3);
  weights[0] = 1;
  weights[bands * 3 - 1] = 1;
  const logits = graph.addNode("MatMul", [mean, graph.addConstant("w", weights, [bands, 3])]);
  graph.addOutput("logits", logits, "float32", ["batch", 3]);
  graph.setMetadata("earshot", JSON.stringify(metadata));
  return sealWhole(graph.build());
}

/** A square wave whose mean absolute value is exactly `level`. */
export function makeLevel(level: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, index) => (index % 2 === 0 ? level : -level));
}
