import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import { expectModelParity, runOnnx, takeSymbolic } from "../parity-harness.ts";

const { layers } = tf;

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor =>
  takeSymbolic(layer.apply(inputs.length === 1 && inputs[0] !== undefined ? inputs[0] : inputs));

type Build = (x: tf.SymbolicTensor) => tf.SymbolicTensor;

/** Of height, width and channels. */
const permutations = [
  [1, 2, 3],
  [1, 3, 2],
  [2, 1, 3],
  [2, 3, 1],
  [3, 1, 2],
  [3, 2, 1],
];

/** Negative axes and lists of axes, with layers behind them that need the shape. TF.js is the oracle. */
const rows: [title: string, shape: number[], build: Build][] = [
  ...[-1, -2, 1, 2].map((axis): [string, number[], Build] => [
    `concatenate along ${axis}, then Flatten and Dense`,
    [8, 3],
    (x) => {
      const joined = apply(layers.concatenate({ axis }), x, apply(layers.dense({ units: 3 }), x));
      return apply(layers.dense({ units: 2 }), apply(layers.flatten(), joined));
    },
  ]),
  ...[-2, -4].map((axis): [string, number[], Build] => [
    `concatenate of convolutions along ${axis}, then pooling of 'same' size`,
    [8, 6, 3],
    (x) => {
      const one = apply(layers.conv2d({ filters: 3, kernelSize: 1 }), x);
      const joined = apply(layers.concatenate({ axis }), one, x);
      return apply(layers.maxPooling2d({ poolSize: 2, strides: 2, padding: "same" }), joined);
    },
  ]),
  [
    "concatenate along -2, then the mean over time",
    [8, 3],
    (x) => apply(layers.globalAveragePooling1d(), apply(layers.concatenate({ axis: -2 }), x, x)),
  ],
  ...[-1, [-1], [2], [1, 2], [-2, -1], 1, [1]].map((axis): [string, number[], Build] => [
    `layerNormalization over ${JSON.stringify(axis)}`,
    [4, 3],
    (x) => apply(layers.layerNormalization({ axis }), x),
  ]),
  ...[-1, [-1], [2], [1, 2], [-1, -2]].map((axis): [string, number[], Build] => [
    `softmax over ${JSON.stringify(axis)}`,
    [4, 3],
    (x) => apply(Object.assign(layers.softmax(), { axis }), x),
  ]),
  ...[3, -1].map((axis): [string, number[], Build] => [
    `batchNormalization over ${axis} behind a convolution`,
    [5, 4, 2],
    (x) => apply(layers.batchNormalization({ axis }), apply(layers.conv2d({ filters: 3, kernelSize: 2 }), x)),
  ]),
  ...permutations.flatMap((dims) =>
    (["channelsLast", "channelsFirst"] as const).map((dataFormat): [string, number[], Build] => [
      `bilinear upSampling2d, ${dataFormat}, between permute ${dims.join()} and 3,2,1`,
      [4, 5, 3],
      (x) => {
        const enlarge = layers.upSampling2d({ size: [2, 3], interpolation: "bilinear", dataFormat });
        return apply(layers.permute({ dims: [3, 2, 1] }), apply(enlarge, apply(layers.permute({ dims }), x)));
      },
    ]),
  ),
  ["dot over -1", [4, 3], (x) => apply(layers.dot({ axes: -1 }), x, apply(layers.dense({ units: 3 }), x))],
  ["dot over [-1, -1]", [4, 3], (x) => apply(layers.dot({ axes: [-1, -1] }), x, x)],
];

describe("axes", () => {
  it.each(rows)("%s", async (_, shape, build) => {
    const x = tf.input({ shape, name: "x" });
    await expectModelParity(tf.model({ inputs: x, outputs: build(x) }), [[2, ...shape]]);
  });

  // TF.js 4.22 cannot run Resizing in a model: the oracle is the layer itself.
  it.each(permutations)("bilinear resizing behind permute %i,%i,%i", async (...dims) => {
    const x = tf.input({ shape: [4, 5, 3], name: "x" });
    const resizing = layers.resizing({ height: 7, width: 6, interpolation: "bilinear" });
    const model = tf.model({ inputs: x, outputs: apply(resizing, apply(layers.permute({ dims }), x)) });
    const data = Float32Array.from({ length: 2 * 4 * 5 * 3 }, (_, index) => Math.sin(index * index));
    const expected = tf.tidy(() => {
      const resized = resizing.apply(tf.tensor(data, [2, 4, 5, 3]).transpose([0, ...dims]));
      if (!(resized instanceof tf.Tensor)) throw new Error("expected one tensor of Resizing");
      return Array.from(resized.dataSync());
    });
    const [actual] = await runOnnx(exportLayersModel(model), model, [data], [[2, 4, 5, 3]]);
    expected.forEach((value, index) => {
      expect(actual?.data[index]).toBeCloseTo(value, 5);
    });
  });

  it("batchNormalization over a list of one, as Keras 2 writes it, is that over its number", () => {
    const make = (axis: number | number[]): Uint8Array => {
      const x = tf.input({ shape: [12, 8, 1], name: "x" });
      const conv = layers.conv2d({ name: "conv", filters: 4, kernelSize: 3, kernelInitializer: "ones" });
      const norm = Object.assign(layers.batchNormalization({ name: "norm" }), { axis });
      return exportLayersModel(tf.model({ name: "same", inputs: x, outputs: apply(norm, apply(conv, x)) }));
    };
    expect(make([3])).toEqual(make(3));
  });

  it("refuses a model that TF.js itself cannot run: the shape after Concatenate is another than it thought", () => {
    const x = tf.input({ shape: [8, 3], name: "x" });
    const flat = apply(layers.flatten(), apply(layers.concatenate({ axis: -3 }), x, x));
    const model = tf.model({ inputs: x, outputs: apply(layers.dense({ name: "out", units: 2 }), flat) });
    expect(() => exportLayersModel(model)).toThrow(
      "out (Dense): expected 24 numbers along axis -1, got 48, on which TF.js fails",
    );
  });
});
