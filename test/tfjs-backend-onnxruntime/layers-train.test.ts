import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { registered } from "./compare-backends.ts";

const stepCount = 8;

function createCnn(): tf.LayersModel {
  const kernelInitializer = (seed: number) => tf.initializers.heNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.conv1d({
        inputShape: [23, 6],
        filters: 8,
        kernelSize: 5,
        padding: "same",
        useBias: false,
        kernelInitializer: kernelInitializer(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.maxPooling1d({ poolSize: 2 }),
      tf.layers.conv1d({
        filters: 8,
        kernelSize: 3,
        kernelInitializer: kernelInitializer(2),
        activation: "relu",
      }),
      tf.layers.globalMaxPooling1d(),
      tf.layers.dense({ units: 4, kernelInitializer: kernelInitializer(3) }),
    ],
  });
}

/** Losses of a few training steps from one seed, written as any TF.js program would. */
async function train(backendName: string, createOptimiser: () => tf.Optimizer): Promise<number[]> {
  await registered;
  await tf.setBackend(backendName);
  const model = createCnn();
  const optimiser = createOptimiser();
  const x = tf.randomNormal([8, 23, 6], 0, 1, "float32", 5);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 3, 0, 1, 2, 3], "int32"), 4).toFloat();
  const losses = Array.from({ length: stepCount }, () =>
    tf.tidy(() => {
      const loss = optimiser.minimize(() => {
        const logits = model.apply(x, { training: true });
        if (!(logits instanceof tf.Tensor)) throw new TypeError("expected one output");
        return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
      }, true);
      return loss?.dataSync<"float32">()[0] ?? Number.NaN;
    }),
  );
  tf.dispose([x, labels]);
  model.dispose();
  optimiser.dispose();
  return losses;
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
