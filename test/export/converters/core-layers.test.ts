import * as tf from "@tensorflow/tfjs";
import { CentredBatchNorm } from "../../../models/layers/centred-batch-norm.ts";
import { LayerNorm } from "../../../models/layers/layer-norm.ts";
import { MultiHeadAttention } from "../../../models/layers/multi-head-attention.ts";
import { SinusoidalPositions } from "../../../models/layers/sinusoidal-positions.ts";
import { describeRows, image, openImage, openSequence, type Row, row, sequence } from "./layer-cases.ts";

const { layers } = tf;

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

describeRows("core", core);
describeRows("normalisation", normalisation);
describeRows("advanced activations", advanced);
describeRows("our own layers", own);
