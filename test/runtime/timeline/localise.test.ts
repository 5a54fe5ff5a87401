import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportTrainedModel } from "../../../export/export-trained-model.ts";
import { defaultFeatureConfig, type FeatureConfig } from "../../../features/feature-config.ts";
import { createNetwork } from "../../../models/create-network.ts";
import { networkConfigSchema } from "../../../models/network-config.ts";
import type { Classifier } from "../../../runtime/classifier.ts";
import { createClassifier, type NodeSource } from "../../../runtime/node.ts";
import { localise } from "../../../runtime/timeline/localise.ts";
import { collect } from "../collect.ts";
import { createNormal } from "../../export/parity-harness.ts";

const sampleRateHz = 8000;
const labels = ["low", "high", "nothing"];
/** Two steps of the network, of 8 frames of 16 ms. */
const toleranceSeconds = 0.25;

const features: FeatureConfig = {
  ...defaultFeatureConfig,
  sampleRateHz,
  fftSamples: 256,
  hopSamples: 128,
  melBands: 16,
  clipSeconds: 2,
  padding: "loop",
};

/**
 * A network of the project's kind whose weights are set by hand: one channel is 1 where the lower bands are loud and else
 * 0, one where the upper bands are; the head takes the loudest step of each.
 */
function buildModel(input: "samples" | "features"): Uint8Array {
  const block = { filters: 2, kernelFrames: 1 };
  const trunk = [block, block, { ...block, poolFrames: 8 }];
  const config = networkConfigSchema.parse({ architecture: "cnn", bands: 16, classes: 3, trunk });
  const model = createNetwork(config, 1);
  const setWeights = (layer: string, ...weights: tf.Tensor[]): void => {
    model.getLayer(layer).setWeights(weights);
  };
  const setOffset = (layer: string, offset: number): void => {
    setWeights(layer, tf.fill([2], offset), tf.zeros([2]), tf.ones([2]));
  };
  const bandMeans = Array.from({ length: 16 }, (_, band) => [band < 8 ? 1 / 8 : 0, band < 8 ? 0 : 1 / 8]);
  const minus = tf.tensor3d([
    [
      [-1, 0],
      [0, -1],
    ],
  ]);
  setWeights("conv1", tf.tensor3d([bandMeans])); // max(0, x - 10)
  setOffset("norm1", -10);
  setWeights("conv2", minus); // max(0, 1 - x)
  setOffset("norm2", 1);
  setWeights("conv3", minus); // min(1, x)
  setOffset("norm3", 1);
  const head = [
    [0, 0, 0],
    [0, 0, 0], // the means
    [16, 0, 0],
    [0, 16, 0], // the maxima
  ];
  setWeights("logits", tf.tensor2d(head), tf.tensor1d([0, 0, 8]));
  const standardisation = { mean: new Array<number>(16).fill(0), deviation: new Array<number>(16).fill(1) };
  const metadata = { program: "test", network: "cnn" };
  return exportTrainedModel({ model, labels, features, standardisation }, { input, metadata }).bytes;
}

/** Faint noise with tones from when to when. */
function makeSound(
  seconds: number,
  tones: readonly { label: string; start: number; end: number }[],
): Float32Array {
  const noise = createNormal(3);
  return Float32Array.from({ length: seconds * sampleRateHz }, (_, index) => {
    const time = index / sampleRateHz;
    let sample = 1e-4 * noise();
    for (const { label, start, end } of tones)
      if (time >= start && time < end)
        // Faded in and out over 20 ms: a click would be in all bands.
        sample +=
          Math.min(1, 50 * Math.min(time - start, end - time)) *
          0.1 *
          Math.sin(2 * Math.PI * (label === "low" ? 400 : 2500) * time);
    return sample;
  });
}

describe.each(["samples", "features"] as const)("a model of %s localises", (input) => {
  let classifier: Classifier<NodeSource>;
  beforeAll(async () => {
    classifier = await createClassifier(buildModel(input), { allowUnverified: true });
  });
  afterAll(() => classifier.dispose());

  const find = async (samples: Float32Array, thresholds = 0.5) => {
    const events = await collect(classifier.findEvents({ samples, sampleRateHz }, { thresholds }));
    return events.filter(({ label }) => label !== "nothing");
  };

  it("a sound of any place and length, in files and in streams alike", async () => {
    const places = fc.record({
      start: fc.double({ min: 0.3, max: 4, noNaN: true }),
      length: fc.double({ min: 0.3, max: 1.5, noNaN: true }),
      label: fc.constantFrom("low", "high"),
    });
    await fc.assert(
      fc.asyncProperty(places, async ({ start, length, label }) => {
        const end = start + length;
        const samples = makeSound(6, [{ label, start, end }]);
        const found = await find(samples);
        expect(found).toMatchObject([{ label }]);
        expect(Math.abs((found[0]?.startSeconds ?? NaN) - start)).toBeLessThan(toleranceSeconds);
        expect(Math.abs((found[0]?.endSeconds ?? NaN) - end)).toBeLessThan(toleranceSeconds);
        const stream = classifier.stream({ hopSeconds: 1 });
        await stream.push(samples);
        stream.end();
        expect((await collect(stream)).filter((event) => event.label !== "nothing")).toEqual(found);
      }),
      { numRuns: 6 },
    );
  });

  it("two classes that overlap", async () => {
    const tones = [
      { label: "low", start: 1, end: 2.5 },
      { label: "high", start: 2, end: 3.5 },
    ];
    const found = await find(makeSound(5, tones), 0.34); // each has half of the probability
    for (const { label, start, end } of tones) {
      const own = found.filter((event) => event.label === label);
      expect(own).toHaveLength(1);
      expect(Math.abs((own[0]?.startSeconds ?? NaN) - start)).toBeLessThan(toleranceSeconds);
      expect(Math.abs((own[0]?.endSeconds ?? NaN) - end)).toBeLessThan(toleranceSeconds);
    }
  });

  it("between digital silence, which the graph leaves out at the ends of a window", async () => {
    const samples = makeSound(5, [{ label: "high", start: 2.1, end: 2.6 }]);
    samples.fill(0, 0, 2 * sampleRateHz);
    samples.fill(0, 2.7 * sampleRateHz);
    const found = await find(samples);
    expect(found).toMatchObject([{ label: "high" }]);
    expect(Math.abs((found[0]?.startSeconds ?? NaN) - 2.1)).toBeLessThan(toleranceSeconds);
    expect(Math.abs((found[0]?.endSeconds ?? NaN) - 2.6)).toBeLessThan(toleranceSeconds);
    const entries = await collect(classifier.classifyLong({ samples, sampleRateHz }));
    const isSilent = (entry: { readonly endSeconds: number; readonly startSeconds: number }): boolean =>
      entry.endSeconds < 1.9 || entry.startSeconds > 2.9;
    expect(new Set(entries.filter(isSilent).map(({ label }) => label))).toEqual(new Set([null]));
  });

  it("in a sound shorter than a window, which the graph repeats", async () => {
    const [found, ...others] = await find(makeSound(1, [{ label: "low", start: 0.4, end: 0.7 }]));
    expect(others).toEqual([]);
    expect(Math.abs((found?.startSeconds ?? NaN) - 0.4)).toBeLessThan(toleranceSeconds);
    expect(Math.abs((found?.endSeconds ?? NaN) - 0.7)).toBeLessThan(toleranceSeconds);
  });
});

describe("localise", () => {
  /** Two steps of two classes: the first class at 0.8, then at 0.2. */
  const steps = {
    startSamples: 100,
    stepSamples: 10,
    logits: Float32Array.of(Math.log(4), 0, 0, Math.log(4)),
  };

  it("gives a class its window's probability where it is the most probable", () => {
    const { read } = localise(steps, Float64Array.of(0.64, 0.36), { temperature: 1 });
    expect(read(105)?.[0]).toBeCloseTo(0.64, 6);
    expect(read(115)?.[1]).toBeCloseTo(0.36, 6);
    expect(read(115)?.[0]).toBeCloseTo(0.32, 6); // sqrt(0.2 / 0.8) of it
    expect(read(110)?.[0]).toBeCloseTo(0.48, 6); // half-way
  });

  it("has nothing a step outside", () => {
    const { read } = localise(steps, Float64Array.of(0.5, 0.5), { temperature: 1 });
    expect([read(94), read(126)]).toEqual([undefined, undefined]);
    expect(read(101)).toEqual(read(105));
  });
});
