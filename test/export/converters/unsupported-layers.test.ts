import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import { UnsupportedLayerError } from "../../../export/graph/unsupported-layer-error.ts";
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
          strides: 2,
          padding: "same",
          inputShape: [null, 3],
        }),
      ],
    });
    const model = tf.sequential({
      layers: [
        inner,
        layers.masking({ name: "mask" }),
        layers.lstm({ name: "memory", units: 3, activation: "selu", returnSequences: true }),
        layers.gru({ name: "masked", units: 3, returnSequences: true }),
      ],
    });
    expect(() => exportLayersModel(model)).toThrow(UnsupportedLayerError);
    expect(() => exportLayersModel(model)).toThrow(
      [
        "2 layers cannot be exported:",
        "stem (Conv1D): expected stride 1 with 'same' padding over an axis of unknown size, got stride 2",
        "memory (LSTM): expected no mask, got one from a Masking or Embedding layer before it",
      ].join("\n  "),
    );
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
    const batchShape = layer.name === "d" ? [1, 3, 5, 5, 2] : [1, 4, 3];
    const x = tf.input({ batchShape });
    const model = tf.model({ inputs: x, outputs: takeSymbolic(layer.apply(x)) });
    expect(() => exportLayersModel(model)).toThrow(message);
  });
});
