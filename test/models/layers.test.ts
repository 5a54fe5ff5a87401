import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { CentredBatchNorm } from "../../models/layers/centred-batch-norm.ts";
import { LayerNorm } from "../../models/layers/layer-norm.ts";
import { MultiHeadAttention } from "../../models/layers/multi-head-attention.ts";
import { SeededDropout } from "../../models/layers/seeded-dropout.ts";
import { SinusoidalPositions } from "../../models/layers/sinusoidal-positions.ts";
import { loadEngine } from "../../training/engine.ts";
import { checkLayer, drawTensor, forward, wrapLayer } from "./check-layer.ts";

beforeAll(async () => {
  await loadEngine("auto");
});

describe("every layer: shapes, parameter count, save and load, gradients", () => {
  it.each([true, false])("CentredBatchNorm, training %s", async (training) => {
    await checkLayer(() => new CentredBatchNorm(), { inputShape: [3, 7, 8], parameterCount: 8, training });
  });

  it("LayerNorm", async () => {
    await checkLayer(() => new LayerNorm(), { inputShape: [2, 7, 8], parameterCount: 16 });
    await checkLayer(() => new LayerNorm(), { inputShape: [4, 8], parameterCount: 16 });
  });

  it.each([1, 2, 4])("MultiHeadAttention, %i heads", async (heads) => {
    await checkLayer(() => new MultiHeadAttention({ heads }), { inputShape: [2, 7, 8], parameterCount: 288 });
  });

  it("MultiHeadAttention and SeededDropout that drop", async () => {
    const shape = { inputShape: [2, 7, 8], training: true };
    await checkLayer(() => new MultiHeadAttention({ heads: 2, dropout: 0.3, seed: 5 }), {
      ...shape,
      parameterCount: 288,
    });
    await checkLayer(() => new SeededDropout({ rate: 0.3, seed: 5 }), { ...shape, parameterCount: 0 });
  });

  it("SinusoidalPositions", async () => {
    await checkLayer(() => new SinusoidalPositions(), { inputShape: [2, 7, 8], parameterCount: 0 });
  });
});

describe("SinusoidalPositions", () => {
  it("adds sines to even and cosines to odd channels", async () => {
    const model = wrapLayer(new SinusoidalPositions(), [1, 50, 6]);
    const table = await forward(model, tf.zeros([1, 50, 6]), false).data();
    for (const [frame, channel] of [
      [0, 0],
      [0, 1],
      [7, 2],
      [7, 3],
      [49, 4],
      [49, 5],
    ] as const) {
      const angle = frame / Math.pow(10_000, (2 * Math.floor(channel / 2)) / 6);
      const expected = channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
      expect(table[frame * 6 + channel]).toBeCloseTo(expected, 6);
    }
  });
});

describe("SeededDropout", () => {
  const shape = [4, 1001];

  async function drop(seed: number, step: number, rate = 0.3): Promise<Float32Array> {
    const layer = new SeededDropout({ rate, seed });
    layer.masks.startStep(step, "");
    return await forward(wrapLayer(layer, shape), tf.ones(shape), true).data<"float32">();
  }

  it("drops the given share and keeps the mean", async () => {
    const values = await drop(1, 0);
    const dropped = values.filter((value) => value === 0).length / values.length;
    expect(dropped).toBeGreaterThan(0.27);
    expect(dropped).toBeLessThan(0.33);
    expect(Math.max(...values)).toBeCloseTo(1 / 0.7, 4);
  });

  it("draws the same mask for the same seed and step, another for any other", async () => {
    const mask = await drop(1, 5);
    expect(await drop(1, 5)).toEqual(mask);
    for (const other of [await drop(1, 6), await drop(2, 5), await drop(0, 5)]) {
      const agreeing = other.filter((value, index) => value === mask[index]).length / mask.length;
      expect(agreeing).toBeLessThan(0.65); // 0.58 of independent masks agree
    }
  });

  it("leaves inference alone", async () => {
    const x = drawTensor("x", shape);
    const layer = new SeededDropout({ rate: 0.9, seed: 1 });
    expect(await forward(wrapLayer(layer, shape), x, false).data()).toEqual(await x.data());
  });
});

describe("bad arguments are refused, naming the layer", () => {
  it.each([
    [
      "epsilon",
      () => new CentredBatchNorm({ name: "norm7", epsilon: 0 }),
      "norm7: expected epsilon > 0, got 0",
    ],
    ["momentum", () => new CentredBatchNorm({ momentum: 1 }), "expected momentum in [0, 1), got 1"],
    ["rate", () => new SeededDropout({ rate: 1 }), "expected rate in [0, 1), got 1"],
    ["heads", () => new MultiHeadAttention({ heads: 0 }), "expected heads to be a positive integer, got 0"],
    [
      "dropout",
      () => new MultiHeadAttention({ heads: 1, dropout: -1 }),
      "expected dropout in [0, 1), got -1",
    ],
    [
      "width",
      () => wrapLayer(new MultiHeadAttention({ name: "attend", heads: 3 }), [1, 5, 8]),
      "attend: expected a width divisible by heads 3, got 8",
    ],
    [
      "channels",
      () => new LayerNorm({ name: "norm8" }).apply(tf.input({ shape: [4, null] })),
      "norm8: expected a fixed number of channels",
    ],
  ])("%s", (_, create, message) => {
    expect(create).toThrow(message);
  });
});
