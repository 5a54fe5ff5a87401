import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { buildLayersModel, exportLayersModel } from "../../export/export-layers-model.ts";
import { countParameters } from "../../onnx/graph.ts";
import { expectModelParity, takeSymbolic } from "./parity-harness.ts";

const { layers } = tf;

function apply(layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor {
  return takeSymbolic(layer.apply(inputs.length === 1 && inputs[0] !== undefined ? inputs[0] : inputs));
}

describe("whole models", () => {
  it("sequential, with an image network's usual parts", async () => {
    const model = tf.sequential({
      layers: [
        layers.conv2d({
          filters: 4,
          kernelSize: 3,
          padding: "same",
          useBias: false,
          inputShape: [12, 10, 3],
        }),
        layers.batchNormalization(),
        layers.reLU(),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.separableConv2d({ filters: 6, kernelSize: 3, useBias: false }),
        layers.batchNormalization(),
        layers.flatten(),
        layers.dense({ units: 5 }),
        layers.batchNormalization(),
        layers.dense({ units: 3, activation: "softmax" }),
      ],
    });
    await expectModelParity(model, [[3, 12, 10, 3]]);
    const operators = buildLayersModel(model).nodes.map(({ opType }) => opType);
    // Each normalisation is inside the convolution or Dense before it.
    expect(operators).toEqual([
      ...[
        "Transpose",
        "Conv",
        "Relu",
        "MaxPool",
        "Conv",
        "Conv",
        "Transpose",
        "Flatten",
        "Gemm",
        "Gemm",
        "Softmax",
      ],
    ]);
  });

  it("several inputs and outputs, one of them between, and inputs of different ranks", async () => {
    const a = tf.input({ shape: [null, 4], name: "left" });
    const b = tf.input({ shape: [4], name: "right" });
    const sum = apply(layers.add({ name: "sum" }), a, b);
    const hidden = apply(layers.gru({ units: 4, returnSequences: true, name: "hidden" }), sum);
    const product = apply(layers.multiply({ name: "product" }), hidden, a, b);
    const pooled = apply(layers.globalMaxPooling1d({ name: "pooled" }), product);
    const model = tf.model({ inputs: [a, b], outputs: [pooled, hidden, sum] });
    await expectModelParity(model, [
      [2, 6, 4],
      [2, 4],
    ]);
  });

  it.each(["add", "average", "maximum", "minimum", "multiply"] as const)(
    "%s of channels-first values",
    async (kind) => {
      const x = tf.input({ shape: [6, 5, 2], name: "x" });
      const one = apply(layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }), x);
      const other = apply(layers.conv2d({ filters: 3, kernelSize: 1 }), x);
      const dense = apply(layers.dense({ units: 3 }), x);
      const merged = apply(layers[kind](), one, other, dense);
      await expectModelParity(tf.model({ inputs: x, outputs: merged }), [[2, 6, 5, 2]]);
    },
  );

  it.each([1, 2, -1])("concatenate along axis %i", async (axis) => {
    const x = tf.input({ shape: [6, 5, 2], name: "x" });
    const one = apply(layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }), x);
    const merged = apply(layers.concatenate({ axis }), one, x);
    await expectModelParity(tf.model({ inputs: x, outputs: merged }), [[2, 6, 5, 2]]);
  });

  it.each([
    { shapes: [[4], [4]], axes: 1, normalize: false },
    { shapes: [[4], [4]], axes: -1, normalize: true },
    {
      shapes: [
        [3, 4],
        [5, 4],
      ],
      axes: 2,
      normalize: true,
    },
    {
      shapes: [
        [3, 4],
        [3, 5],
      ],
      axes: 1,
      normalize: false,
    },
    {
      shapes: [
        [3, 4],
        [4, 5],
      ],
      axes: [2, 1],
      normalize: false,
    },
    { shapes: [[4], [4, 5]], axes: [1, 1], normalize: false },
    { shapes: [[3, 4], [4]], axes: [2, 1], normalize: false },
  ])("dot $axes of $shapes", async ({ shapes, axes, normalize }) => {
    const [one = [], other = []] = shapes;
    const x = tf.input({ shape: one, name: "x" });
    const y = tf.input({ shape: other, name: "y" });
    const pair = typeof axes === "number" ? axes : ([axes[0] ?? 1, axes[1] ?? 1] satisfies [number, number]);
    const merged = apply(layers.dot({ axes: pair, normalize }), x, y);
    await expectModelParity(tf.model({ inputs: [x, y], outputs: merged }), [
      [2, ...one],
      [2, ...other],
    ]);
  });

  it("a shared layer, whose weights are stored once", async () => {
    const x = tf.input({ shape: [5], name: "x" });
    const y = tf.input({ shape: [5], name: "y" });
    const shared = layers.dense({ units: 3, activation: "relu", name: "shared" });
    const norm = layers.batchNormalization({ name: "norm" });
    const merged = apply(layers.concatenate(), apply(norm, apply(shared, x)), apply(norm, apply(shared, y)));
    const model = tf.model({ inputs: [x, y], outputs: merged });
    await expectModelParity(model, [
      [2, 5],
      [2, 5],
    ]);
    expect(countParameters(buildLayersModel(model))).toBe(5 * 3 + 3 + 2 * 3);
  });

  it("nested models, functional in sequential, used twice", async () => {
    const inner = tf.sequential({
      name: "inner",
      layers: [
        layers.conv1d({ filters: 3, kernelSize: 3, padding: "same", inputShape: [null, 3], name: "conv" }),
        layers.batchNormalization({ name: "norm" }),
      ],
    });
    const x = tf.input({ shape: [null, 3], name: "x" });
    const twice = apply(inner, apply(inner, x));
    const model = tf.model({ inputs: x, outputs: apply(layers.add(), twice, x) });
    await expectModelParity(model, [[2, 9, 3]]);
    const names = buildLayersModel(model).nodes.map(({ name }) => name);
    expect(names).toContain("inner/conv/Conv");
  });

  it("recurrent layers with initial states, stacked, whose transposes cancel", async () => {
    const x = tf.input({ shape: [null, 3], name: "x" });
    const h = tf.input({ shape: [4], name: "h" });
    const c = tf.input({ shape: [4], name: "c" });
    const first = apply(layers.lstm({ units: 4, returnSequences: true }), x, h, c);
    const second = apply(layers.lstm({ units: 2, returnSequences: true }), first);
    const model = tf.model({ inputs: [x, h, c], outputs: second });
    await expectModelParity(model, [
      [2, 6, 3],
      [2, 4],
      [2, 4],
    ]);
    const transposes = buildLayersModel(model).nodes.filter(({ opType }) => opType === "Transpose");
    expect(transposes).toHaveLength(2);
  });

  it("the same model twice gives the same bytes", () => {
    const model = tf.sequential({ layers: [layers.dense({ units: 3, inputShape: [4] })] });
    expect(exportLayersModel(model)).toEqual(exportLayersModel(model));
  });
});
