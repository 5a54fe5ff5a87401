import * as tf from "@tensorflow/tfjs";
import { CentredBatchNorm } from "../../../models/layers/centred-batch-norm.ts";
import { LayerNorm } from "../../../models/layers/layer-norm.ts";
import { MultiHeadAttention } from "../../../models/layers/multi-head-attention.ts";
import { SinusoidalPositions } from "../../../models/layers/sinusoidal-positions.ts";

const { layers } = tf;

/** One layer to be, read against the shape that it meets; whatever its numbers say gives a valid layer. */
export interface Step {
  /** Which of the layers that fit the rank. */
  readonly kind: number;
  readonly size: number;
  readonly stride: number;
  readonly isSame: boolean;
  readonly flag: boolean;
}

/** A tensor with the shape that the data will give it. */
export interface Place {
  readonly tensor: tf.SymbolicTensor;
  readonly shape: readonly number[];
}

type Maker = (place: Place, step: Step) => tf.layers.Layer | undefined;

const activations = [
  "relu",
  "elu",
  "tanh",
  "sigmoid",
  "hardSigmoid",
  "softplus",
  "softsign",
  "selu",
  "gelu",
  "swish",
] as const;

export function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

const anyRank: Maker[] = [
  (_, s) => layers.activation({ activation: pick(activations, s.kind * s.size + s.stride) }),
  ({ shape }) => (shape.length < 5 ? layers.batchNormalization() : undefined), // TF.js 4.22 has none for rank 5
  ({ shape }) => (shape.length < 5 ? layers.layerNormalization() : undefined),
  (_, s) => layers.dense({ units: s.size, useBias: s.flag }),
  (_, s) => layers.leakyReLU({ alpha: 0.1 * s.size }),
  (_, s) => layers.thresholdedReLU({ theta: 0.2 * s.size }),
  (_, s) => (s.flag ? layers.reLU({ maxValue: s.size }) : layers.reLU()),
  () => layers.dropout({ rate: 0.5 }),
  (p) => (isKnown(p) ? layers.prelu() : undefined),
  () => layers.softmax({ axis: -1 }),
];

const vectors: Maker[] = [
  (_, s) => layers.repeatVector({ n: s.size }),
  ({ shape }) => layers.reshape({ targetShape: [shape[1] ?? 1, 1] }),
];

const recurrences = [layers.gru, layers.lstm, layers.simpleRNN] as const;

const sequences: Maker[] = [
  (p, s) =>
    isPaddable(p, s, 1) && fits(p, s, s.flag ? 2 : 1)
      ? layers.conv1d({
          filters: s.size + 1,
          kernelSize: s.size,
          padding: padding(s),
          useBias: s.flag,
          ...(s.flag ? { dilationRate: 2 } : { strides: s.stride }),
        })
      : undefined,
  (p, s) => (isPaddable(p, s, 1) && fits(p, s) ? layers.maxPooling1d(pool(s)) : undefined),
  (p, s) => (isPaddable(p, s, 1) && fits(p, s) ? layers.averagePooling1d(pool(s)) : undefined),
  (_, s) =>
    pick(recurrences, s.kind + s.stride)({ units: s.size, returnSequences: s.flag, goBackwards: s.isSame }),
  (_, s) =>
    layers.bidirectional({
      layer: layers.lstm({ units: s.size, returnSequences: s.flag }),
      mergeMode: s.isSame ? "concat" : "sum",
    }),
  (_, s) => layers.timeDistributed({ layer: layers.dense({ units: s.size, activation: "tanh" }) }),
  (p) => (isKnown(p) ? layers.permute({ dims: [2, 1] }) : undefined),
  (p) => (isKnown(p) ? layers.flatten() : undefined),
  () => layers.globalAveragePooling1d(),
  () => layers.globalMaxPooling1d(),
  () => new CentredBatchNorm(),
  () => new LayerNorm(),
  ({ tensor }) => (typeof tensor.shape[2] === "number" ? new SinusoidalPositions() : undefined),
  ({ tensor, shape }) =>
    typeof tensor.shape[2] === "number"
      ? new MultiHeadAttention({ heads: (shape[2] ?? 1) % 2 === 0 ? 2 : 1 })
      : undefined,
];

const images: Maker[] = [
  (p, s) =>
    isPaddable(p, s, 2) && fits(p, s)
      ? layers.conv2d({
          filters: s.size,
          kernelSize: s.size,
          strides: s.stride,
          padding: padding(s),
          useBias: s.flag,
        })
      : undefined,
  (p, s) =>
    isPaddable(p, s, 2) && fits(p, s)
      ? layers.depthwiseConv2d({
          kernelSize: s.size,
          strides: s.stride,
          padding: padding(s),
          depthMultiplier: s.flag ? 2 : 1,
        })
      : undefined,
  (p, s) =>
    fits(p, s)
      ? layers.separableConv2d({ filters: s.size, kernelSize: s.size, padding: padding(s), useBias: s.flag })
      : undefined,
  (_, s) =>
    layers.conv2dTranspose({ filters: s.size, kernelSize: s.size, strides: s.stride, padding: padding(s) }),
  (p, s) => (isPaddable(p, s, 2) && fits(p, s) ? layers.maxPooling2d(pool(s)) : undefined),
  (p, s) => (isPaddable(p, s, 2) && fits(p, s) ? layers.averagePooling2d(pool(s)) : undefined),
  (_, s) => layers.upSampling2d({ size: [s.size, s.stride], interpolation: s.flag ? "nearest" : "bilinear" }),
  (_, s) =>
    layers.zeroPadding2d({
      padding: [
        [s.size, 0],
        [1, s.stride],
      ],
    }),
  ({ shape, tensor }, s) =>
    (shape[1] ?? 0) > s.size && (shape[2] ?? 0) > s.stride && isOpenSafe(tensor)
      ? layers.cropping2D({
          cropping: [
            [s.size, 0],
            [0, s.stride],
          ],
        })
      : undefined,
  (p, s) => (isKnown(p) ? layers.permute({ dims: s.flag ? [2, 1, 3] : [3, 1, 2] }) : undefined),
  (p) => (isKnown(p) ? layers.flatten() : undefined),
  () => layers.globalAveragePooling2d({}),
  () => layers.globalMaxPooling2d({}),
];

const volumes: Maker[] = [
  (p, s) =>
    isPaddable(p, s, 3) && isSound3d(s) && fits(p, s)
      ? layers.conv3d({ filters: s.size, kernelSize: s.size, strides: s.stride, padding: padding(s) })
      : undefined,
  (p, s) => (isPaddable(p, s, 3) && isSound3d(s) && fits(p, s) ? layers.maxPooling3d(pool(s)) : undefined),
  (p, s) =>
    isPaddable(p, s, 3) && isSound3d(s) && fits(p, s) ? layers.averagePooling3d(pool(s)) : undefined,
  (p) => (isKnown(p) ? layers.flatten() : undefined),
  () => layers.timeDistributed({ layer: layers.globalMaxPooling2d({}) }),
];

export const makersByRank: Readonly<Record<number, readonly Maker[]>> = {
  2: [...vectors, ...anyRank],
  3: [...sequences, ...sequences, ...anyRank],
  4: [...images, ...images, ...anyRank],
  5: [...volumes, ...anyRank],
};

function padding({ isSame }: Step): "same" | "valid" {
  return isSame ? "same" : "valid";
}

function pool(s: Step): { poolSize: number; strides: number; padding: "same" | "valid" } {
  return { poolSize: s.size, strides: s.stride, padding: padding(s) };
}

/** 'same' with a stride needs known sizes. */
function isPaddable({ tensor }: Place, { isSame, stride }: Step, axes: number): boolean {
  const spatial = tensor.shape.slice(1, 1 + axes);
  return !isSame || stride === 1 || spatial.every((one) => one !== null);
}

/** Whether a window of `size` fits, and channels are known, as convolutions need. */
function fits({ tensor, shape }: Place, { size: window, isSame }: Step, dilation = 1): boolean {
  const reach = (window - 1) * dilation + 1;
  const isWide = isSame || shape.slice(1, -1).every((one) => one >= reach);
  return isWide && typeof tensor.shape.at(-1) === "number";
}

/** 'same' with a stride beyond the kernel: TF.js's JavaScript kernels pad a volume by -1, unlike TensorFlow. */
function isSound3d({ isSame, stride, size: window }: Step): boolean {
  return !isSame || stride <= window;
}

function isKnown({ tensor }: Place): boolean {
  return tensor.shape.slice(1).every((one) => one !== null);
}

/** Cropping2D of TF.js 4.22 takes a null size for 0. */
function isOpenSafe(tensor: tf.SymbolicTensor): boolean {
  return tensor.shape.slice(1).every((one) => one !== null);
}
