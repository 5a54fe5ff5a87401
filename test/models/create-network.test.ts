import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { countParameters, summariseNetwork } from "../../models/summarise-network.ts";
import { loadEngine } from "../../training/engine.ts";
import { drawTensor, forward } from "./check-layer.ts";

beforeAll(async () => {
  await loadEngine("auto");
});

const build = (config: object, seed = 0): tf.LayersModel =>
  createNetwork(networkConfigSchema.parse(config), seed);

async function readWeight(model: tf.LayersModel, name: string): Promise<Float32Array> {
  const weight = model.weights.find(({ originalName }) => originalName === name);
  if (weight === undefined) throw new Error(`no weight ${name}`);
  return await weight.read().data<"float32">();
}

describe("the two networks of the design", () => {
  it.each([
    [{ architecture: "cnn" }, 641_034],
    [{ architecture: "cnn-transformer", heads: 1 }, 3_272_714],
    [{ architecture: "cnn-transformer", heads: 2 }, 3_272_714],
    [{ architecture: "cnn-transformer", heads: 4 }, 3_272_714],
  ])("%o has %i parameters", (config, parameters) => {
    const model = build(config);
    expect(countParameters(model)).toEqual({ trainable: parameters, nonTrainable: 0, statistics: 2048 });
    model.dispose();
  });

  it.each(["cnn", "cnn-transformer"])("%s takes clips of any length", (architecture) => {
    const model = build({ architecture });
    for (const frames of [8, 128, 214]) {
      const logits = tf.tidy(() => forward(model, drawTensor("x", [2, frames, 96]), false));
      expect(logits.shape).toEqual([2, 10]);
      logits.dispose();
    }
    model.dispose();
  });

  it("names its layers the same at every build", () => {
    const names = (): string[] => build({ architecture: "cnn-transformer" }).layers.map(({ name }) => name);
    expect(names()).toEqual(names());
    expect(names()).toContain("encoder2_attention");
  });
});

describe("the config", () => {
  const small = {
    architecture: "cnn-transformer",
    bands: 12,
    classes: 3,
    trunk: [
      { filters: 6, kernelFrames: 3, strideFrames: 2, poolFrames: 3 },
      { filters: 10, kernelFrames: 2 },
    ],
    heads: 5,
    encoderLayers: 1,
    feedForwardWidth: 7,
    dropout: 0.5,
    encoderDropout: 0.1,
  };

  it("changes layers, filters, kernels, strides, pooling, heads, depth, width and dropout", () => {
    const model = build(small);
    const trunk = 3 * 12 * 6 + 6 + 2 * 6 * 10 + 10;
    const encoder = 4 * (100 + 10) + (10 * 7 + 7) + (7 * 10 + 10) + 4 * 10;
    const norms = 2 * 10 + 2 * 20;
    expect(countParameters(model).trainable).toBe(trunk + encoder + norms + 20 * 3 + 3);
    // (40 - 3) / 2 + 1 = 19 frames, pooled by 3: 6
    const pooled = tf.model({ inputs: model.inputs, outputs: model.getLayer("pool1").output });
    expect(forward(pooled, drawTensor("x", [1, 40, 12]), false).shape).toEqual([1, 6, 6]);
    expect(model.layers.filter((layer) => layer.getClassName() === "SeededDropout")).toHaveLength(4);
  });

  it("refuses heads that do not divide the width", () => {
    expect(() => build({ ...small, heads: 4 })).toThrow("expected a width divisible by heads 4, got 10");
  });
});

describe("first weights", () => {
  const cnn = { architecture: "cnn" };

  it.each([0, 1])("are fixed by seed %i", async (seed) => {
    const [a, b] = [build(cnn, seed), build(cnn, seed)];
    for (const name of ["conv1/kernel", "conv5/kernel", "logits/kernel", "logits/bias"])
      expect(await readWeight(a, name)).toEqual(await readWeight(b, name));
    expect(await readWeight(build(cnn, seed + 1), "conv1/kernel")).not.toEqual(
      await readWeight(a, "conv1/kernel"),
    );
  });

  it.each([
    ["he-normal", Math.sqrt(2 / (5 * 96))],
    ["xavier", Math.sqrt(2 / (5 * (96 + 128)))],
    ["random", 0.05],
  ])("%s spreads the first kernel by %f", async (weightInit, deviation) => {
    const values = await readWeight(build({ ...cnn, weightInit }), "conv1/kernel");
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(deviation / 50);
    expect(Math.sqrt(variance) / deviation).toBeCloseTo(1, 1);
  });

  it("are uniform within 1/sqrt(512) in the last layer", async () => {
    const values = await readWeight(build(cnn), "logits/kernel");
    const limit = 1 / Math.sqrt(512);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...values)).toBeGreaterThan(0.99 * limit);
    expect(Math.min(...values)).toBeLessThan(-0.99 * limit);
  });
});

describe("the summary", () => {
  it("has a row a layer and keeps statistics apart", () => {
    const { rows, total } = summariseNetwork(build({ architecture: "cnn" }));
    expect(rows).toHaveLength(23);
    expect(rows[2]).toEqual({
      name: "norm1",
      type: "CentredBatchNorm",
      outputShape: "[batch, any, 128]",
      trainable: 128,
      nonTrainable: 0,
      statistics: 256,
    });
    expect(rows.reduce((sum, { trainable }) => sum + trainable, 0)).toBe(total.trainable);
  });
});
