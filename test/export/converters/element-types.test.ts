import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { converters } from "../../../export/converters/registry.ts";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import { UnsupportedLayerError } from "../../../export/graph/unsupported-layer-error.ts";
import { expectModelParity, takeSymbolic } from "../parity-harness.ts";

const { layers } = tf;

type Row = readonly [shape: readonly number[], make: () => tf.layers.Layer];

const activations = [
  ...(["linear", "relu", "relu6", "elu", "selu", "sigmoid", "hardSigmoid", "softplus", "softsign"] as const),
  ...(["tanh", "softmax", "gelu", "gelu_new", "swish", "mish"] as const),
];

const vector = [5];
const sequence = [6, 4];
const image = [5, 6, 2];
const volume = [4, 4, 4, 2];

/** Every class of tf.layers with one input, straight behind it. */
const rows: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(
    activations.map((activation) => [
      `Activation ${activation}`,
      [vector, () => layers.activation({ activation })] satisfies Row,
    ]),
  ),
  AlphaDropout: [vector, () => layers.alphaDropout({ rate: 0.5 })],
  AveragePooling1D: [sequence, () => layers.averagePooling1d({ poolSize: 2 })],
  AveragePooling2D: [image, () => layers.averagePooling2d({ poolSize: 2 })],
  AveragePooling3D: [volume, () => layers.averagePooling3d({ poolSize: 2 })],
  BatchNormalization: [sequence, () => layers.batchNormalization()],
  Bidirectional: [sequence, () => layers.bidirectional({ layer: createLstm() })],
  Conv1D: [sequence, () => layers.conv1d({ filters: 2, kernelSize: 2 })],
  Conv2D: [image, () => layers.conv2d({ filters: 2, kernelSize: 2 })],
  Conv2DTranspose: [image, () => layers.conv2dTranspose({ filters: 2, kernelSize: 2 })],
  Conv3D: [volume, () => layers.conv3d({ filters: 2, kernelSize: 2 })],
  Conv3DTranspose: [volume, () => layers.conv3dTranspose({ filters: 2, kernelSize: 2 })],
  Cropping2D: [image, () => layers.cropping2D({ cropping: 1 })],
  Dense: [vector, () => layers.dense({ units: 3 })],
  "Dense of a sequence": [sequence, () => layers.dense({ units: 3, activation: "relu" })],
  DepthwiseConv2D: [image, () => layers.depthwiseConv2d({ kernelSize: 2 })],
  Dropout: [vector, () => layers.dropout({ rate: 0.5 })],
  ELU: [vector, () => layers.elu()],
  Embedding: [vector, () => layers.embedding({ inputDim: 9, outputDim: 3 })],
  Flatten: [sequence, () => layers.flatten()],
  "Flatten of a channelsFirst image": [image, () => layers.flatten({ dataFormat: "channelsFirst" })],
  GRU: [sequence, () => layers.gru({ units: 2, returnSequences: true })],
  GaussianDropout: [vector, () => layers.gaussianDropout({ rate: 0.5 })],
  GaussianNoise: [vector, () => layers.gaussianNoise({ stddev: 1 })],
  GlobalAveragePooling1D: [sequence, () => layers.globalAveragePooling1d()],
  GlobalAveragePooling2D: [image, () => layers.globalAveragePooling2d({})],
  GlobalMaxPooling1D: [sequence, () => layers.globalMaxPooling1d()],
  GlobalMaxPooling2D: [image, () => layers.globalMaxPooling2d({})],
  LSTM: [sequence, () => layers.lstm({ units: 2 })],
  LayerNormalization: [sequence, () => layers.layerNormalization()],
  LeakyReLU: [vector, () => layers.leakyReLU()],
  Masking: [sequence, () => layers.masking({ maskValue: 2 })],
  MaxPooling1D: [sequence, () => layers.maxPooling1d({ poolSize: 2 })],
  MaxPooling2D: [image, () => layers.maxPooling2d({ poolSize: 2 })],
  MaxPooling3D: [volume, () => layers.maxPooling3d({ poolSize: 2 })],
  PReLU: [vector, () => layers.prelu()],
  Permute: [sequence, () => layers.permute({ dims: [2, 1] })],
  RNN: [sequence, () => layers.rnn({ cell: [layers.gruCell({ units: 2 }), layers.lstmCell({ units: 2 })] })],
  ReLU: [vector, () => layers.reLU()],
  RepeatVector: [vector, () => layers.repeatVector({ n: 3 })],
  Rescaling: [image, () => layers.rescaling({ scale: 1 / 32768, offset: 0.5 })],
  Reshape: [sequence, () => layers.reshape({ targetShape: [3, 8] })],
  SeparableConv2D: [image, () => layers.separableConv2d({ filters: 2, kernelSize: 2 })],
  SimpleRNN: [sequence, () => layers.simpleRNN({ units: 2 })],
  Softmax: [vector, () => layers.softmax({ axis: -1 })],
  SpatialDropout1D: [sequence, () => layers.spatialDropout1d({ rate: 0.5 })],
  ThresholdedReLU: [vector, () => layers.thresholdedReLU()],
  TimeDistributed: [sequence, () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) })],
  "TimeDistributed Flatten": [image, () => layers.timeDistributed({ layer: layers.flatten() })],
  UpSampling2D: [image, () => layers.upSampling2d({})],
  ZeroPadding2D: [image, () => layers.zeroPadding2d()],
};

/** Not in the table: layers of several inputs (below), our own, and those that TF.js 4.22 cannot run in a model. */
const others = [
  ...["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply"],
  ...["CentredBatchNorm", "LayerNorm", "MultiHeadAttention", "SeededDropout", "SinusoidalPositions"],
  ...["CategoryEncoding", "CenterCrop", "Resizing"],
];

it("has a row for every layer", () => {
  const named = new Set(Object.keys(rows).map((title) => title.split(" ")[0]));
  expect(Object.keys(converters).filter((name) => !named.has(name) && !others.includes(name))).toEqual([]);
});

/** Exported with TF.js's answer, or refused with the input's name; what TF.js itself cannot run is refused. */
async function expectAnswerOrRefusal(model: tf.LayersModel, shapes: number[][], fill: (v: number) => number) {
  const isRunnable = runs(model, shapes);
  try {
    exportLayersModel(model);
    expect(isRunnable).toBe(true);
    await expectModelParity(model, shapes, { fill, absoluteTolerance: 1e-4 });
  } catch (error) {
    if (!(error instanceof UnsupportedLayerError)) throw error;
    expect(error.message).toMatch(/(int32|bool)( from [xy]|, |$)/);
  }
}

function runs(model: tf.LayersModel, shapes: number[][]): boolean {
  try {
    const inputs = shapes.map((shape, index) => tf.zeros(shape, model.inputs[index]?.dtype));
    model.predict(inputs);
    return true;
  } catch {
    return false;
  }
}

const fills = {
  int32: (value: number) => Math.round(3 * Math.abs(value)) % 9,
  bool: (value: number) => (value > 0 ? 1 : 0),
};

describe.each(["int32", "bool"] as const)("an input of %s", (dtype) => {
  it.each(Object.entries(rows))("%s", async (_, [shape, make]) => {
    const x = tf.input({ shape: [...shape], dtype, name: "x" });
    const model = tf.model({ inputs: x, outputs: takeSymbolic(make().apply(x)) });
    await expectAnswerOrRefusal(model, [[2, ...shape]], fills[dtype]);
  });

  it("is cast for Dense and recurrences, and kept by layers that only move numbers", () => {
    const x = tf.input({ shape: sequence, dtype, name: "x" });
    const moved = layers.flatten().apply(layers.permute({ dims: [2, 1] }).apply(x));
    const model = tf.model({ inputs: x, outputs: takeSymbolic(layers.dense({ units: 2 }).apply(moved)) });
    expect(() => exportLayersModel(model)).not.toThrow();
  });
});

const merges = [
  layers.add,
  layers.multiply,
  layers.average,
  layers.maximum,
  layers.minimum,
  layers.concatenate,
];

describe.each(["float32", "int32", "bool"] as const)("two inputs, the first of %s", (first) => {
  it.each(["float32", "int32", "bool"] as const)("the second of %s", async (second) => {
    for (const make of [...merges, () => layers.dot({ axes: 1 })]) {
      const x = tf.input({ shape: vector, dtype: first, name: "x" });
      const y = tf.input({ shape: vector, dtype: second, name: "y" });
      const model = tf.model({ inputs: [x, y], outputs: takeSymbolic(make().apply([x, y])) });
      await expectAnswerOrRefusal(
        model,
        [
          [2, 5],
          [2, 5],
        ],
        fills.bool,
      );
    }
  });
});

it("refuses an input of strings", () => {
  const x = tf.input({ shape: [1, 1], dtype: "string", name: "words" });
  const model = tf.model({ inputs: x, outputs: takeSymbolic(layers.flatten().apply(x)) });
  expect(() => exportLayersModel(model)).toThrow("input words: expected float32, int32 or bool, got string");
});

function createLstm() {
  return layers.lstm({ units: 2, returnSequences: true });
}
