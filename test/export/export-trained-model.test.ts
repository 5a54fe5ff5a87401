import * as tf from "@tensorflow/tfjs";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { type ExportableModel, exportTrainedModel } from "../../export/export-trained-model.ts";
import { defaultFeatureConfig, type FeatureConfig } from "../../features/feature-config.ts";
import { countClipFrames, fitClip } from "../../features/fit-clip.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { normaliseClip, standardise } from "../../features/input-transform.ts";
import { countColumns, type ScalarFeature } from "../../features/meyda/scalar-features.ts";
import { modelMetadataSchema } from "../../features/model-metadata.ts";
import { computeSeal } from "../../features/model-seal.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { hashGraph, readMetadata } from "../../onnx/read-metadata.ts";
import { createNormal, expectClose, randomiseWeights } from "./parity-harness.ts";

const labels = ["Dog, barking", "Regen 雨", "c", "d", "e", "f", "g", "h", "i", "j"];
const metadata = { program: "earshot 0.1.0", network: "cnn" };
const bands = defaultFeatureConfig.melBands;

function makeTrained(changes: Partial<FeatureConfig> = {}): ExportableModel {
  const features = { ...defaultFeatureConfig, ...changes };
  const columns = countColumns(features);
  const model = createNetwork(networkConfigSchema.parse({ architecture: "cnn", bands: columns }), 3);
  const random = createNormal(5);
  randomiseWeights(model, random);
  const standardisation = {
    mean: Array.from({ length: columns }, () => 3 + random()),
    deviation: Array.from({ length: columns }, () => 1 + Math.abs(random())),
  };
  return { model, labels, features, standardisation };
}

/** Log-mel as real clips have it: powers over many decades, zeros among them. */
function makeLogMel(clips: number, frames: number, decades: number, columns = bands): Float32Array {
  const random = createNormal(frames);
  return Float32Array.from({ length: clips * frames * columns }, () =>
    random() < -1.3 ? 0 : Math.log1p(10 ** (decades + random())),
  );
}

function predictWithTfjs(trained: ExportableModel, features: Float32Array, clips: number): Float32Array {
  const bands = countColumns(trained.features);
  const size = features.length / clips;
  const frames = size / bands;
  const parts = Array.from({ length: clips }, (_, clip) => {
    const values = features.slice(clip * size, (clip + 1) * size);
    const normalised = normaliseClip({ values, frames, bands }, trained.features).values;
    standardise(normalised, trained.standardisation);
    return normalised;
  });
  return tf.tidy(() => {
    const inputs = parts.map((part) => tf.tensor3d(part, [1, frames, bands]));
    const answer = trained.model.predict(tf.concat(inputs));
    return Array.isArray(answer) ? new Float32Array() : Float32Array.from(answer.dataSync());
  });
}

const scalarFeatures: ScalarFeature[] = ["rms", "mfcc"];

describe("exportTrainedModel, features in", () => {
  it.each([
    ["plain", {}, 4],
    ["level and clip mean", { clipLevel: 1e5, clipMeanFraction: 0.75 }, 6],
    ["level of a clip so quiet that its powers are far below 1", { clipLevel: 1e5 }, -3],
    ["clip mean alone", { clipMeanFraction: 0.5 }, 2],
    ["scalar features", { scalarFeatures, clipLevel: 1e5, clipMeanFraction: 0.75 }, 4],
  ] as const)("%s: logits as TF.js after the same transform", async (_, changes, decades) => {
    const trained = makeTrained(changes);
    const columns = countColumns(trained.features);
    const { bytes } = exportTrainedModel(trained, { input: "features", metadata });
    const session = await ort.InferenceSession.create(bytes);
    const features = makeLogMel(3, 40, decades, columns);
    const answer = await session.run({ features: new ort.Tensor("float32", features, [3, 40, columns]) });
    expectClose(
      Array.from(answer.logits?.data ?? [], Number),
      predictWithTfjs(trained, features, 3),
      1e-4,
      "logits",
    );
    expect(answer.logits?.dims).toEqual([3, 10]);
    const probabilities = Array.from(answer.probabilities?.data ?? [], Number);
    expect(probabilities.slice(0, 10).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it("divides the logits of the probabilities by the temperature, and seals it", async () => {
    const trained = makeTrained();
    const { bytes } = exportTrainedModel(trained, {
      input: "features",
      metadata: { ...metadata, temperature: 0.5 },
    });
    const session = await ort.InferenceSession.create(bytes);
    const features = makeLogMel(1, 24, 2);
    const { logits, probabilities } = await session.run({
      features: new ort.Tensor("float32", features, [1, 24, bands]),
    });
    const raw = Array.from(logits?.data ?? [], Number);
    expectClose(raw, predictWithTfjs(trained, features, 1), 1e-4, "logits");
    const powers = raw.map((logit) => Math.exp(2 * logit));
    const sum = powers.reduce((total, power) => total + power, 0);
    expectClose(
      Array.from(probabilities?.data ?? [], Number),
      powers.map((power) => power / sum),
      1e-5,
      "probabilities",
    );
    const entries = readMetadata(bytes);
    const described = modelMetadataSchema.parse(JSON.parse(entries.get("earshot") ?? ""));
    expect(described.temperature).toBe(0.5);
    expect(computeSeal(described, bytes)).toBe(described.seal);
    expect(computeSeal({ ...described, temperature: 0.6 }, bytes)).not.toBe(described.seal);
  });

  it("refuses samples for scalar features, which only Meyda computes", () => {
    const trained = makeTrained({ scalarFeatures: ["rms"] });
    expect(() => exportTrainedModel(trained, { input: "samples", metadata })).toThrow(
      'rms: expected input "features", for Meyda computes these, got input "samples"',
    );
  });

  it("answers for silence, which has no level", async () => {
    const trained = makeTrained({ clipLevel: 1e5, clipMeanFraction: 0.75 });
    const { bytes } = exportTrainedModel(trained, { input: "features", metadata });
    const session = await ort.InferenceSession.create(bytes);
    const silence = new Float32Array(20 * bands);
    const { logits } = await session.run({ features: new ort.Tensor("float32", silence, [1, 20, bands]) });
    expectClose(Array.from(logits?.data ?? [], Number), predictWithTfjs(trained, silence, 1), 1e-4, "logits");
  });

  it("counts the network's parameters without the input's constants, and says what the file is", () => {
    const trained = makeTrained();
    const exported = exportTrainedModel(trained, { input: "features", metadata });
    expect(exported).toMatchObject({ parameterCount: 641_034, opset: 17 });
    const entries = readMetadata(exported.bytes);
    expect(JSON.parse(entries.get("labels") ?? "")).toEqual(labels);
    const described = modelMetadataSchema.parse(JSON.parse(entries.get("earshot") ?? ""));
    expect(described).toMatchObject({
      ...metadata,
      labels,
      input: "features",
      parameters: 641_034,
      parity: [],
    });
    expect(hashGraph(exported.bytes)).toBe(
      hashGraph(exportTrainedModel(trained, { input: "features", metadata }).bytes),
    );
  });

  it("gives the embedding and every layer's output when asked", async () => {
    const trained = makeTrained();
    const { bytes } = exportTrainedModel(trained, {
      input: "features",
      metadata,
      outputs: ["embedding"],
      exposeLayers: true,
    });
    const session = await ort.InferenceSession.create(bytes);
    const names = ["logits", "probabilities", "embedding", "norm1", "relu1", "pool3", "relu5"];
    expect(session.outputNames).toEqual(expect.arrayContaining([...names, "mean_over_time"]));
    const features = makeLogMel(1, 24, 2);
    const answer = await session.run({ features: new ort.Tensor("float32", features, [1, 24, bands]) });
    expect(answer.embedding?.dims).toEqual([1, 512]);
    expect(answer.pool3?.dims).toEqual([1, 3, 256]);
  });

  it("refuses a network whose outputs are not one column a label", () => {
    const trained = { ...makeTrained(), labels: ["only", "two"] };
    expect(() => exportTrainedModel(trained, { input: "features", metadata })).toThrow(
      "network: expected one output [batch, 2], one column a label, got [batch, 10]",
    );
  });
});

describe("exportTrainedModel, samples in", () => {
  const rate = defaultFeatureConfig.sampleRateHz;

  /** Tones and noise, `clips` of them, each of another loudness. */
  function makeSamples(clips: number, length: number): Float32Array {
    const random = createNormal(clips);
    return Float32Array.from({ length: clips * length }, (_, index) => {
      const clip = Math.floor(index / length);
      const tone = Math.sin((2 * Math.PI * 440 * (clip + 1) * (index % length)) / rate);
      return 10 ** -clip * (0.4 * tone + 0.05 * random());
    });
  }

  it.each([
    ["plain", {}, "split", 1, rate],
    ["level and clip mean, a batch", { clipLevel: 1e5, clipMeanFraction: 0.75 }, "split", 3, rate],
    ["another length", { clipLevel: 1e5, clipMeanFraction: 0.75 }, "split", 2, 61_003],
    ["a longer sound", { clipLevel: 1e5, clipMeanFraction: 0.75 }, "split", 2, 240_000],
    ["a looped sound", { padding: "loop", clipLevel: 1e5, clipMeanFraction: 0.75 }, "split", 2, 61_003],
    ["one frame", { padding: "loop", clipLevel: 1e5 }, "split", 2, 2048],
    ["features in float64", { clipLevel: 1e5, clipMeanFraction: 0.75 }, "float64", 2, 61_003],
  ] as const)(
    "%s: logits as the features model gives for Meyda's features",
    async (_, changes, featurePrecision, clips, length) => {
      const trained = makeTrained(changes);
      const { bytes, parameterCount } = exportTrainedModel(trained, {
        input: "samples",
        featurePrecision,
        metadata,
        outputs: ["features", "embedding"],
      });
      expect(parameterCount).toBe(641_034);
      const samples = makeSamples(clips, length);
      const session = await ort.InferenceSession.create(bytes);
      const answer = await session.run({ samples: new ort.Tensor("float32", samples, [clips, length]) });

      const extractor = createMeydaExtractor(trained.features);
      const features: number[] = [];
      for (let clip = 0; clip < clips; clip++) {
        const logMel = await extractor.extract(samples.slice(clip * length, (clip + 1) * length));
        features.push(...fitClip(logMel, countClipFrames(trained.features), trained.features).values);
      }
      const meyda = Float32Array.from(features);
      expectClose(Array.from(answer.features?.data ?? [], Number), meyda, 1e-4, "features");
      expectClose(
        Array.from(answer.logits?.data ?? [], Number),
        predictWithTfjs(trained, meyda, clips),
        1e-3,
        "logits",
      );
      expect(answer.embedding?.dims).toEqual([clips, 512]);
    },
  );

  it("names its input and outputs, and nothing more when nothing more is asked for", async () => {
    const { bytes } = exportTrainedModel(makeTrained(), { input: "samples", metadata });
    const session = await ort.InferenceSession.create(bytes);
    expect(session.inputNames).toEqual(["samples"]);
    expect(session.outputNames).toEqual(["logits", "probabilities"]);
  });
});
