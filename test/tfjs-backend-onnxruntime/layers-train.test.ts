import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { registered } from "./compare-backends.ts";
import { trainSmallCnn } from "./small-cnn.ts";

async function train(backendName: string, createOptimiser: () => tf.Optimizer): Promise<number[]> {
  await registered;
  await tf.setBackend(backendName);
  return trainSmallCnn(createOptimiser, 8);
}

const optimisers = [
  { name: "SGD", create: () => tf.train.sgd(0.05) },
  { name: "Nesterov", create: () => tf.train.momentum(0.05, 0.9, true) },
  { name: "Adam", create: () => tf.train.adam(0.01) },
  { name: "RMSProp", create: () => tf.train.rmsprop(0.01) },
] as const;

describe("training a small CNN of tf.layers", () => {
  it.each(optimisers)("$name gives the losses of the CPU backend", async ({ create }) => {
    const expected = await train("cpu", create);
    const actual = await train("onnxruntime", create);
    actual.forEach((loss, step) => {
      expect(Math.abs(loss - (expected[step] ?? Number.NaN)) / loss, `step ${step}`).toBeLessThan(1e-3);
    });
  });

  it("gives the same bits for the same seed", async () => {
    const create = () => tf.train.adam(0.01);
    expect(await train("onnxruntime", create)).toEqual(await train("onnxruntime", create));
  });
});
