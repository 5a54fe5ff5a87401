import { exportTrainedModel } from "../../export/export-trained-model.ts";
import {
  defaultFeatureConfig,
  type FeatureConfig,
  hashFeatureConfig,
} from "../../features/feature-config.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { createNormal, randomiseWeights } from "../export/parity-harness.ts";
import { createTinyMetadata, sealWhole } from "../runtime/tiny-model.ts";

const passed = createTinyMetadata().parity;

/** The real network with random weights, which is enough to compare backends; waveform in, as the model in the box. */
export function buildRandomCnn(seed = 5): Uint8Array {
  const features = { ...defaultFeatureConfig, clipLevel: 1e5, clipMeanFraction: 0.75 };
  const model = createNetwork(networkConfigSchema.parse({ architecture: "cnn" }), 3);
  randomiseWeights(model, createNormal(seed));
  const bands = Array.from({ length: features.melBands }, (_, band) => band);
  const trained = {
    model,
    labels: Array.from({ length: 10 }, (_, index) => `class ${index}`),
    features,
    standardisation: { mean: bands.map((band) => band / 32), deviation: bands.map((band) => 2 + band / 64) },
  };
  const metadata = { program: "earshot test", network: "cnn", parity: passed };
  return exportTrainedModel(trained, { input: "samples", metadata, featurePrecision: "float32" }).bytes;
}

const pitchFeatures: FeatureConfig = { ...defaultFeatureConfig, clipSeconds: 2 };

/** Tones that the pitch model names; two bands apart at least, so that a wrong rate makes another name of them. */
export const tonesHz = [1000, 4000, 8000, 8700, 9400, 10_200] as const;

/** Log-mel in, one class a tone: the mean over time of the band that holds it. */
export function buildPitchModel(): Uint8Array {
  const bands = pitchFeatures.melBands;
  const graph = new GraphBuilder({ name: "pitch" });
  const features = graph.addInput("features", "float32", ["batch", "frames", bands]);
  const mean = graph.addNode("ReduceMean", [features], { axes: [1], keepdims: 0 });
  const weights = new Float32Array(bands * tonesHz.length);
  for (const [index, hz] of tonesHz.entries()) weights[findBand(hz) * tonesHz.length + index] = 1;
  const kernel = graph.addConstant("pitch/kernel", weights, [bands, tonesHz.length]);
  graph.addOutput("logits", graph.addNode("MatMul", [mean, kernel]), "float32", ["batch", tonesHz.length]);
  const metadata = createTinyMetadata({
    labels: tonesHz.map(nameTone),
    input: "features",
    features: pitchFeatures,
    featureHash: hashFeatureConfig(pitchFeatures),
    network: "pitch",
  });
  graph.setMetadata("earshot", JSON.stringify(metadata));
  return sealWhole(graph.build());
}

export function nameTone(hz: number): string {
  return `${hz} Hz`;
}

/** A tone at half of full scale. */
export function makeTone(hz: number, sampleRateHz: number, seconds: number): Float32Array {
  return Float32Array.from(
    { length: sampleRateHz * seconds },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * hz * index) / sampleRateHz),
  );
}

/** Triangles of the mel bank peak at equal steps of mel, the first above 0 Hz. */
function findBand(hz: number): number {
  const toMel = (frequency: number) => 1125 * Math.log(1 + frequency / 700);
  const place = (toMel(hz) / toMel(pitchFeatures.sampleRateHz / 2)) * (pitchFeatures.melBands + 1);
  return Math.round(place) - 1;
}
