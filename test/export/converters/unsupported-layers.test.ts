import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import { UnsupportedLayerError } from "../../../export/graph/unsupported-layer-error.ts";
import { UserError } from "../../../common/user-error.ts";
import { takeSymbolic } from "../parity-harness.ts";

const { layers } = tf;

describe("what cannot be exported", () => {
  it("is listed at once, by name, with reasons, nested layers too", () => {
    const inner = tf.sequential({
      name: "inner",
      layers: [
        layers.conv1d({
          name: "stem",
          filters: 4,
          kernelSize: 3,
          dataFormat: "channelsFirst",
          inputShape: [3, 8],
        }),
      ],
    });
    const model = tf.sequential({
      layers: [
        inner,
        layers.lstm({ name: "memory", units: 3, activation: "selu", returnSequences: true }),
        layers.dense({ name: "fine", units: 3 }),
      ],
    });
    expect(() => exportLayersModel(model)).toThrow(UnsupportedLayerError);
    expect(() => exportLayersModel(model)).toThrow(
      [
        "2 layers cannot be exported:",
        "stem (Conv1D): expected channelsLast, got channelsFirst, which TF.js answers in another order than it says",
        "memory (LSTM): expected a recurrence with linear, relu, sigmoid, hardSigmoid, tanh, softplus, softsign, elu, got selu",
      ].join("\n  "),
    );
  });

  it("is a user's error, grouped by reason and short; `layers` has all", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      name: `block_${index}`,
      className: index < 30 ? "Attention" : `Custom${index}`,
      reason: "no converter; registerConverter adds one",
    }));
    const error = new UnsupportedLayerError(many);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain(
      "40 layers cannot be exported:\n  block_0, block_1 and 28 more (Attention): no converter",
    );
    expect(error.message).toMatch(/\n {2}and \d more$/);
    expect(error.message.length).toBeLessThan(400);
    expect(error.layers).toHaveLength(40);
  });

  it.each<[string, () => tf.layers.Layer, string]>([
    [
      "an activation that recurrences lack",
      () => layers.simpleRNN({ name: "a", units: 2, activation: "swish" }),
      "a (SimpleRNN): expected a recurrence with",
    ],
    [
      "a channelsFirst Conv1D",
      () => layers.conv1d({ name: "b", filters: 3, kernelSize: 2, dataFormat: "channelsFirst" }),
      "b (Conv1D): expected channelsLast",
    ],
    [
      "a convolution that covers more than its input",
      () => layers.conv1d({ name: "e", filters: 3, kernelSize: 3, dilationRate: 2 }),
      "e (Conv1D): expected an input of at least 5, which its window covers, got 4",
    ],
    [
      "a pooling that covers more than its input",
      () => layers.averagePooling1d({ name: "f", poolSize: 6, strides: 1 }),
      "f (AveragePooling1D): expected an input of at least 6, which its window covers, got 4",
    ],
    [
      "steps that leave out the end of a volume",
      () => layers.maxPooling3d({ name: "g", poolSize: 1, strides: 2, padding: "same" }),
      "g (MaxPooling3D): expected steps of at most 1 with 'same', its window's size, got 2",
    ],
    [
      "a convolution with such steps",
      () => layers.conv3d({ name: "h", filters: 1, kernelSize: 1, strides: 4, padding: "same" }),
      "h (Conv3D): expected steps of at most 1 with 'same', its window's size, got 4",
    ],
    [
      "a stateful recurrence",
      () => layers.gru({ name: "c", units: 2, stateful: true }),
      "c (GRU): expected stateful: false",
    ],
    [
      "ConvLSTM2D",
      () => layers.convLstm2d({ name: "d", filters: 2, kernelSize: 2 }),
      "d (ConvLSTM2D): ONNX has no",
    ],
  ])("%s", (_, make, message) => {
    const layer = make();
    const batchShape = ["d", "g", "h"].includes(layer.name) ? [1, 3, 6, 6, 2] : [1, 4, 3];
    const x = tf.input({ batchShape });
    const model = tf.model({ inputs: x, outputs: takeSymbolic(layer.apply(x)) });
    expect(() => exportLayersModel(model)).toThrow(message);
  });
});
