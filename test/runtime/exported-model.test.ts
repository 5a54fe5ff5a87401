import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportTrainedModel, type TrainedExportOptions } from "../../export/export-trained-model.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { countClipFrames, fitClip } from "../../features/fit-clip.ts";
import { createGraphExtractor } from "../../features/graph/graph-extractor.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import type { Classifier } from "../../runtime/classifier.ts";
import { openFeatureParts } from "../../runtime/timeline/feature-parts.ts";
import { openPlainNetwork } from "../../runtime/timeline/window-network.ts";
import { createClassifier, type NodeSource } from "../../runtime/node.ts";
import {
  createOrtFunction,
  createOrtScorer,
  type SampleShape,
  type ShapedScorer,
} from "../../runtime/ort-scorer.ts";
import { buildSampleInputs } from "../../runtime/parity/parity-inputs.ts";
import { verifyParity } from "../../runtime/parity/parity.ts";
import { hasRealClips, readRealClips } from "../features/real-clips.ts";
import { randomiseWeights, createNormal } from "../export/parity-harness.ts";
import { hasGpu } from "./find-gpu.ts";

/** The real network with random weights, exported in each way. */
function exportEachWay() {
  const features = {
    ...defaultFeatureConfig,
    clipLevel: 1e5,
    clipMeanFraction: 0.75,
    padding: "loop" as const,
  };
  const model = createNetwork(networkConfigSchema.parse({ architecture: "cnn" }), 3);
  randomiseWeights(model, createNormal(5));
  const bands = Array.from({ length: features.melBands }, (_, band) => band);
  const trained = {
    model,
    labels: Array.from({ length: 10 }, (_, index) => `class ${index}`),
    features,
    standardisation: { mean: bands.map((band) => band / 32), deviation: bands.map((band) => 2 + band / 64) },
  };
  const metadata = { program: "earshot test", network: "cnn" };
  const exportAs = (options: Pick<TrainedExportOptions, "input" | "featurePrecision">): Uint8Array =>
    exportTrainedModel(trained, { ...options, metadata }).bytes;
  return {
    samples: exportAs({ input: "samples" }),
    float64Samples: exportAs({ input: "samples", featurePrecision: "float64" }),
    features: exportAs({ input: "features" }),
    config: features,
  };
}

const models = exportEachWay();

describe("an exported network, waveform in and features in", () => {
  let waveformClassifiers: Record<"samples" | "float64Samples", Classifier<NodeSource>>;
  let featureClassifier: Classifier<NodeSource>;
  beforeAll(async () => {
    const options = { allowUnverified: true };
    waveformClassifiers = {
      samples: await createClassifier(models.samples, options),
      float64Samples: await createClassifier(models.float64Samples, options),
    };
    featureClassifier = await createClassifier(models.features, options);
  });
  afterAll(async () => {
    await Promise.all(
      [...Object.values(waveformClassifiers), featureClassifier].map((classifier) => classifier.dispose()),
    );
  });

  it("passes the parity test with each other on the edge inputs", async () => {
    const scorers = await Promise.all([openFeatureScorer(), openSampleScorer()]);
    const [reference, other] = scorers;
    const report = await verifyParity(reference, other, buildSampleInputs([], models.config), 1e-3);
    expect(report.inputs).toBe(9);
    await Promise.all(scorers.map((scorer) => scorer.dispose()));
  });

  describe.each(["samples", "float64Samples"] as const)("%s", (form) => {
    it.skipIf(!hasRealClips)(
      "answers real clips alike, to 1e-3, two classifiers in one process",
      async () => {
        for (const { name, bytes } of readRealClips(40)) {
          const [one, other] = await Promise.all([
            waveformClassifiers[form].classify(bytes),
            featureClassifier.classify(bytes),
          ]);
          const byClass = new Map(other.map(({ index, logit }) => [index, logit]));
          for (const { index, logit } of one)
            expect(Math.abs(logit - (byClass.get(index) ?? NaN)), name).toBeLessThan(1e-3);
          expect(other[0].label).toBe(one[0].label);
        }
      },
    );

    it("is cut where a frame knows nothing of the others", async () => {
      const parts = await openFeatureParts(models[form], models.config.melBands, {
        openFeatures: async (bytes) =>
          createOrtScorer<SampleShape>(await ort.InferenceSession.create(bytes), ort),
        openNetwork: (bytes) => openPlainNetwork(bytes, openFunction),
      });
      const samples = new Float32Array(3 * 2048).fill(0.1);
      expect(await parts?.extractor.extract(samples)).toMatchObject({ frames: 5, bands: 96 });
      await parts?.dispose();
    });
  });
});

describe.skipIf(!hasGpu)("an exported network on a GPU (skipped where nvidia-smi finds none)", () => {
  it.each(["samples", "features"] as const)("answers as on the processor, %s in", async (input) => {
    const options = { allowUnverified: true };
    await using cpu = await createClassifier(models[input], options);
    // Where this fails on a machine with a GPU, `npm run setup:cuda` and `npm run doctor` say why.
    await using cuda = await createClassifier(models[input], { ...options, executionProviders: ["cuda"] });
    expect(cuda.backend).toEqual({ name: "cuda", requested: ["cuda"], rejected: [] });
    const noise = createNormal(7);
    const samples = Float32Array.from({ length: 3 * 220_500 }, () => noise() / 8);
    const sound = { samples, sampleRateHz: 44_100 };
    const byClass = new Map((await cpu.classify(sound)).map(({ index, logit }) => [index, logit]));
    for (const { index, logit } of await cuda.classify(sound))
      expect(Math.abs(logit - (byClass.get(index) ?? NaN))).toBeLessThan(1e-3);
  });
});

async function openFunction(bytes: Uint8Array) {
  return createOrtFunction(await ort.InferenceSession.create(bytes), ort);
}

async function openSampleScorer(): Promise<ShapedScorer<SampleShape>> {
  return createOrtScorer<SampleShape>(await ort.InferenceSession.create(models.samples), ort);
}

/** Extraction, then the model of features, as one Scorer of samples. */
async function openFeatureScorer(): Promise<ShapedScorer<SampleShape>> {
  const scorer = createOrtScorer(await ort.InferenceSession.create(models.features), ort);
  const extractor = await createGraphExtractor(models.config, ort);
  return {
    async score(values, [clips, length]) {
      const answers: number[] = [];
      for (let clip = 0; clip < clips; clip++) {
        const frames = await extractor.extract(values.subarray(clip * length, (clip + 1) * length));
        const features = fitClip(frames, countClipFrames(models.config), models.config);
        answers.push(...(await scorer.score(features.values, [1, features.frames, features.bands])));
      }
      return Float32Array.from(answers);
    },
    dispose: async () => {
      await Promise.all([scorer.dispose(), extractor.dispose()]);
    },
  };
}
