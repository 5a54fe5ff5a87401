import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { CentredBatchNorm } from "../../models/layers/centred-batch-norm.ts";
import { LayerNorm } from "../../models/layers/layer-norm.ts";
import { MultiHeadAttention } from "../../models/layers/multi-head-attention.ts";
import { SinusoidalPositions } from "../../models/layers/sinusoidal-positions.ts";
import { exportLayersModel } from "../../export/export-layers-model.ts";
import {
  createNormal,
  expectClose,
  expectParity,
  type ParityOptions,
  predict,
  randomiseWeights,
  runOnnx,
  takeSymbolic,
} from "./parity-harness.ts";

const { layers } = tf;

/** One row a case: the layer, the data's shape, and what else the comparison needs. */
type Row = [title: string, make: () => tf.layers.Layer, options: ParityOptions];

const sequence = { inputShape: [2, 9, 3] };
const image = { inputShape: [2, 7, 8, 3] };
const volume = { inputShape: [1, 5, 6, 4, 2] };
const row = { inputShape: [3, 5] };
const openSequence = { ...sequence, modelShape: [null, 3] };
const openImage = { ...image, modelShape: [null, null, 3] };

const activations = [
  ...([
    "linear",
    "relu",
    "relu6",
    "elu",
    "selu",
    "sigmoid",
    "hardSigmoid",
    "softplus",
    "softsign",
    "tanh",
  ] as const),
  ...(["softmax", "gelu", "gelu_new", "mish", "swish"] as const),
];

const core: Row[] = [
  ["dense", () => layers.dense({ units: 4, activation: "tanh" }), row],
  ["dense without bias", () => layers.dense({ units: 4, useBias: false }), row],
  ["dense over a sequence", () => layers.dense({ units: 4, activation: "relu" }), openSequence],
  ["dense over an image", () => layers.dense({ units: 4 }), image],
  ["flatten", () => layers.flatten(), image],
  ["flatten, channels first", () => layers.flatten({ dataFormat: "channelsFirst" }), image],
  ["reshape", () => layers.reshape({ targetShape: [4, 14, 3] }), image],
  ["reshape with one open axis", () => layers.reshape({ targetShape: [-1, 6] }), image],
  ["permute", () => layers.permute({ dims: [3, 1, 2] }), image],
  ["repeatVector", () => layers.repeatVector({ n: 4 }), row],
  ["masking", () => layers.masking({ maskValue: 0 }), { ...sequence, fill: (v, i) => (i % 9 < 5 ? 0 : v) }],
  ["dropout", () => layers.dropout({ rate: 0.5 }), row],
  ["spatialDropout1d", () => layers.spatialDropout1d({ rate: 0.5 }), sequence],
  ["gaussianNoise", () => layers.gaussianNoise({ stddev: 1 }), row],
  ["gaussianDropout", () => layers.gaussianDropout({ rate: 0.5 }), row],
  ["alphaDropout", () => layers.alphaDropout({ rate: 0.5 }), row],
  ...activations.map((activation): Row => {
    return [`activation ${activation}`, () => layers.activation({ activation }), sequence];
  }),
];

const words = (value: number) => Math.min(10, Math.floor(Math.abs(value) * 4));

const embeddings: Row[] = [
  [
    "embedding of float indices",
    () => layers.embedding({ inputDim: 11, outputDim: 4 }),
    { inputShape: [2, 6], fill: words },
  ],
  [
    "embedding of int32 indices",
    () => layers.embedding({ inputDim: 11, outputDim: 4 }),
    { inputShape: [2, 6], modelShape: [null], dtype: "int32", fill: words },
  ],
  [
    "categoryEncoding multiHot",
    () => layers.categoryEncoding({ numTokens: 12, outputMode: "multiHot" }),
    { inputShape: [2, 5], fill: words, eager: true },
  ],
  [
    "categoryEncoding count",
    () => layers.categoryEncoding({ numTokens: 12, outputMode: "count" }),
    { inputShape: [2, 5], fill: words, eager: true },
  ],
  [
    "categoryEncoding oneHot",
    () => layers.categoryEncoding({ numTokens: 12, outputMode: "oneHot" }),
    { inputShape: [4, 1], fill: words, eager: true },
  ],
];

const convolutions: Row[] = [
  ["conv1d valid", () => layers.conv1d({ filters: 4, kernelSize: 5 }), openSequence],
  [
    "conv1d same, dilated",
    () => layers.conv1d({ filters: 4, kernelSize: 3, padding: "same", dilationRate: 2 }),
    openSequence,
  ],
  [
    "conv1d same, even kernel",
    () => layers.conv1d({ filters: 4, kernelSize: 4, padding: "same" }),
    openSequence,
  ],
  [
    "conv1d strided, no bias, relu",
    () => layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, useBias: false, activation: "relu" }),
    openSequence,
  ],
  [
    "conv1d strided same, known size",
    () => layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }),
    sequence,
  ],
  ["conv1d softmax", () => layers.conv1d({ filters: 4, kernelSize: 3, activation: "softmax" }), openSequence],
  ["conv2d", () => layers.conv2d({ filters: 4, kernelSize: [3, 2], activation: "elu" }), openImage],
  [
    "conv2d same, strided",
    () => layers.conv2d({ filters: 4, kernelSize: 3, strides: [2, 3], padding: "same" }),
    image,
  ],
  ["conv2d dilated", () => layers.conv2d({ filters: 4, kernelSize: 2, dilationRate: [2, 3] }), openImage],
  [
    "conv2d channels first",
    () => layers.conv2d({ filters: 4, kernelSize: 3, dataFormat: "channelsFirst" }),
    { inputShape: [2, 3, 7, 8] },
  ],
  ["conv3d", () => layers.conv3d({ filters: 3, kernelSize: 2, activation: "relu" }), volume],
  [
    "conv3d same, strided",
    () => layers.conv3d({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }),
    volume,
  ],
  [
    "conv2dTranspose valid",
    () => layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2 }),
    openImage,
  ],
  [
    "conv2dTranspose same",
    () => layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }),
    openImage,
  ],
  [
    "conv2dTranspose even kernel",
    () => layers.conv2dTranspose({ filters: 2, kernelSize: 4, strides: 2, padding: "same" }),
    openImage,
  ],
  [
    "conv2dTranspose, stride beyond kernel",
    () => layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3 }),
    openImage,
  ],
  [
    "conv2dTranspose, stride beyond kernel, same",
    () => layers.conv2dTranspose({ filters: 2, kernelSize: 1, strides: 3, padding: "same" }),
    openImage,
  ],
  [
    "conv3dTranspose",
    () => layers.conv3dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    volume,
  ],
  [
    "depthwiseConv2d",
    () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: "relu" }),
    openImage,
  ],
  [
    "depthwiseConv2d same, strided",
    () => layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: "same" }),
    image,
  ],
  [
    "separableConv2d",
    () => layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2 }),
    openImage,
  ],
  [
    "separableConv2d same, dilated, relu",
    () =>
      layers.separableConv2d({
        filters: 5,
        kernelSize: 3,
        padding: "same",
        dilationRate: 2,
        activation: "relu",
      }),
    openImage,
  ],
  [
    "cropping2D",
    () =>
      layers.cropping2D({
        cropping: [
          [1, 0],
          [2, 3],
        ],
      }),
    openImage,
  ],
  [
    "cropping2D channels first",
    () =>
      layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 1],
        ],
        dataFormat: "channelsFirst",
      }),
    { inputShape: [2, 3, 7, 8] },
  ],
  [
    "zeroPadding2d",
    () =>
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
    openImage,
  ],
  ["upSampling2d nearest", () => layers.upSampling2d({ size: [2, 3] }), openImage],
  [
    "upSampling2d bilinear",
    () => layers.upSampling2d({ size: [2, 3], interpolation: "bilinear" }),
    openImage,
  ],
];

const pooling: Row[] = [
  ["maxPooling1d", () => layers.maxPooling1d({ poolSize: 2 }), openSequence],
  ["maxPooling1d same", () => layers.maxPooling1d({ poolSize: 3, strides: 2, padding: "same" }), sequence],
  ["averagePooling1d", () => layers.averagePooling1d({ poolSize: 3, strides: 1 }), openSequence],
  [
    "averagePooling1d same",
    () => layers.averagePooling1d({ poolSize: 4, strides: 2, padding: "same" }),
    sequence,
  ],
  ["maxPooling2d", () => layers.maxPooling2d({ poolSize: [2, 3] }), openImage],
  ["maxPooling2d same", () => layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }), image],
  [
    "averagePooling2d same",
    () => layers.averagePooling2d({ poolSize: [3, 2], strides: [2, 1], padding: "same" }),
    image,
  ],
  [
    "averagePooling2d channels first",
    () => layers.averagePooling2d({ poolSize: 2, dataFormat: "channelsFirst" }),
    { inputShape: [2, 3, 7, 8] },
  ],
  ["maxPooling3d", () => layers.maxPooling3d({ poolSize: 2 }), volume],
  [
    "averagePooling3d same",
    () => layers.averagePooling3d({ poolSize: 2, strides: 2, padding: "same" }),
    volume,
  ],
  ["globalAveragePooling1d", () => layers.globalAveragePooling1d(), openSequence],
  ["globalMaxPooling1d", () => layers.globalMaxPooling1d(), openSequence],
  ["globalAveragePooling2d", () => layers.globalAveragePooling2d({}), openImage],
  [
    "globalMaxPooling2d channels first",
    () => layers.globalMaxPooling2d({ dataFormat: "channelsFirst" }),
    image,
  ],
];

const normalisation: Row[] = [
  ["batchNormalization", () => layers.batchNormalization(), openSequence],
  [
    "batchNormalization without scale and centre",
    () => layers.batchNormalization({ scale: false, center: false }),
    row,
  ],
  ["layerNormalization", () => layers.layerNormalization(), openSequence],
  ["layerNormalization over two last axes", () => layers.layerNormalization({ axis: [2, 3] }), image],
  ["layerNormalization over other axes", () => layers.layerNormalization({ axis: [1] }), image],
  ["layerNormalization without scale", () => layers.layerNormalization({ scale: false }), row],
  ["layerNormalization, opset 13", () => layers.layerNormalization(), { ...sequence, opset: 13 }],
];

const advanced: Row[] = [
  ["reLU", () => layers.reLU(), row],
  ["reLU with a maximum", () => layers.reLU({ maxValue: 0.5 }), row],
  ["leakyReLU", () => layers.leakyReLU({ alpha: 0.2 }), row],
  ["elu", () => layers.elu(), row],
  ["thresholdedReLU", () => layers.thresholdedReLU({ theta: 0.3 }), row],
  ["prelu", () => layers.prelu(), image],
  ["prelu with shared axes", () => layers.prelu({ sharedAxes: [1, 2] }), openImage],
  ["softmax", () => layers.softmax({ axis: -1 }), sequence],
  ["softmax over two axes", () => layers.softmax({ axis: [1, 2] }), sequence],
];

const recurrent: Row[] = [
  ["simpleRNN", () => layers.simpleRNN({ units: 4 }), openSequence],
  [
    "simpleRNN backwards, relu",
    () => layers.simpleRNN({ units: 4, activation: "relu", goBackwards: true }),
    openSequence,
  ],
  [
    "simpleRNN linear",
    () => layers.simpleRNN({ units: 4, activation: "linear", returnSequences: true }),
    sequence,
  ],
  ["gru", () => layers.gru({ units: 4 }), openSequence],
  [
    "gru, sequences and state",
    () => layers.gru({ units: 4, returnSequences: true, returnState: true }),
    openSequence,
  ],
  [
    "gru, other activations",
    () => layers.gru({ units: 4, activation: "softsign", recurrentActivation: "sigmoid" }),
    sequence,
  ],
  [
    "gru, elu",
    () => layers.gru({ units: 4, activation: "elu", recurrentActivation: "hardSigmoid" }),
    sequence,
  ],
  ["lstm", () => layers.lstm({ units: 4 }), openSequence],
  [
    "lstm, sequences backwards",
    () => layers.lstm({ units: 4, returnSequences: true, goBackwards: true }),
    openSequence,
  ],
  ["lstm, states", () => layers.lstm({ units: 4, returnState: true, useBias: false }), openSequence],
  [
    "rnn of stacked cells",
    () =>
      layers.rnn({
        cell: [
          layers.lstmCell({ units: 4 }),
          layers.gruCell({ units: 3 }),
          layers.simpleRNNCell({ units: 5 }),
        ],
        returnSequences: true,
        returnState: true,
      }),
    openSequence,
  ],
  ...(["concat", "sum", "mul", "ave"] as const).flatMap((mergeMode): Row[] => [
    [
      `bidirectional lstm, ${mergeMode}`,
      () => layers.bidirectional({ layer: lstm({ units: 4, returnSequences: true }), mergeMode }),
      openSequence,
    ],
    [
      `bidirectional gru, last, ${mergeMode}`,
      () => layers.bidirectional({ layer: gru({ units: 4 }), mergeMode }),
      sequence,
    ],
  ]),
  [
    "timeDistributed dense",
    () => layers.timeDistributed({ layer: layers.dense({ units: 4 }) }),
    openSequence,
  ],
  [
    "timeDistributed conv2d",
    () => layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3, activation: "relu" }) }),
    { inputShape: [2, 4, 6, 5, 3] },
  ],
];

const eagerImage = { ...image, eager: true };

const preprocessing: Row[] = [
  ["rescaling", () => layers.rescaling({ scale: 1 / 127.5, offset: -1 }), eagerImage],
  ["resizing bilinear", () => layers.resizing({ height: 5, width: 11 }), eagerImage],
  ["resizing nearest", () => layers.resizing({ height: 5, width: 11, interpolation: "nearest" }), eagerImage],
  [
    "resizing, corners free",
    () => layers.resizing({ height: 4, width: 16, cropToAspectRatio: true }),
    eagerImage,
  ],
  ["centerCrop", () => layers.centerCrop({ height: 4, width: 4 }), eagerImage],
  [
    "centerCrop, odd",
    () => layers.centerCrop({ height: 3, width: 5 }),
    { inputShape: [2, 11, 13, 2], eager: true },
  ],
  ["centerCrop of a smaller image", () => layers.centerCrop({ height: 12, width: 10 }), eagerImage],
];

const own: Row[] = [
  ["CentredBatchNorm", () => new CentredBatchNorm(), openSequence],
  ["LayerNorm", () => new LayerNorm(), openSequence],
  ["LayerNorm, opset 15", () => new LayerNorm(), { ...sequence, opset: 15 }],
  [
    "SinusoidalPositions",
    () => new SinusoidalPositions(),
    { inputShape: [2, 50, 16], modelShape: [null, 16] },
  ],
  [
    "SinusoidalPositions, ten minutes",
    () => new SinusoidalPositions(),
    { inputShape: [1, 3230, 32], absoluteTolerance: 2e-6 },
  ],
  ...[1, 2, 4].map((heads): Row => {
    return [
      `MultiHeadAttention, ${heads} heads`,
      () => new MultiHeadAttention({ heads }),
      { inputShape: [3, 7, 8], modelShape: [null, 8] },
    ];
  }),
];

describe.each([
  ["core", core],
  ["embeddings and encodings", embeddings],
  ["convolutions", convolutions],
  ["pooling", pooling],
  ["normalisation", normalisation],
  ["advanced activations", advanced],
  ["recurrent", recurrent],
  ["preprocessing", preprocessing],
  ["our own layers", own],
])("%s", (_, rows) => {
  it.each(rows)("%s", async (_title, make, options) => {
    await expectParity(make(), options);
  });
});

it("BatchNormalization along axis 1 is the last axis's on turned data", async () => {
  // TF.js's own JavaScript backend is wrong here, so permuted layers are the oracle.
  const along = layers.batchNormalization({ axis: 1, name: "along" });
  const input = tf.input({ shape: [3, 4, 2], name: "x" });
  const turned = layers.permute({ dims: [2, 3, 1] }).apply(input);
  const last = layers.batchNormalization({ name: "last" });
  const back = layers.permute({ dims: [3, 1, 2] }).apply(last.apply(turned));
  const expected = tf.model({ inputs: input, outputs: takeSymbolic(back) });
  const actual = tf.model({ inputs: input, outputs: takeSymbolic(along.apply(input)) });
  randomiseWeights(expected, createNormal(2));
  along.setWeights(last.getWeights());
  const data = Float32Array.from({ length: 48 }, createNormal(3));
  const [answer] = await runOnnx(exportLayersModel(actual), actual, [data], [[2, 3, 4, 2]]);
  const [truth] = predict(expected, [data], [[2, 3, 4, 2]]);
  expectClose(answer?.data ?? [], truth?.data ?? [], 1e-5, "axis 1");
});

describe("a wide range of opsets", () => {
  it.each([13, 14, 16, 18, 19, 20, 21])("opset %i", async (opset) => {
    await expectParity(layers.activation({ activation: "gelu" }), { ...row, opset });
    await expectParity(layers.activation({ activation: "mish" }), { ...row, opset });
    await expectParity(layers.globalMaxPooling1d(), { ...sequence, opset });
    await expectParity(layers.layerNormalization(), { ...sequence, opset });
    await expectParity(layers.softmax({ axis: [1, 2] }), { ...sequence, opset });
    await expectParity(lstm({ units: 3 }), { ...sequence, opset });
  });

  it.each([12, 22, 17.5])("refuses %d", async (opset) => {
    await expect(expectParity(layers.reLU(), { ...row, opset })).rejects.toThrow(
      `opset: expected an integer from 13 to 21, got ${opset}`,
    );
  });
});

/** tf.layers.bidirectional asks for RNN by type, and gets it from these only with their own return types. */
function lstm(args: Parameters<typeof layers.lstm>[0]) {
  return layers.lstm(args);
}

function gru(args: Parameters<typeof layers.gru>[0]) {
  return layers.gru(args);
}
