import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { expectSameAsCpu, registered } from "./compare-backends.ts";

const seeded = (seed: number) => ({ kernelInitializer: tf.initializers.glorotNormal({ seed }) });
const recurrent = { ...seeded(1), recurrentInitializer: tf.initializers.glorotNormal({ seed: 2 }) };

interface LayerCase {
  readonly name: string;
  readonly inputShape: number[];
  readonly create: () => tf.layers.Layer;
  /** Whole numbers below this are the input, instead of floats. */
  readonly vocabulary?: number;
}

const cases: readonly LayerCase[] = [
  {
    name: "dense",
    inputShape: [3, 5],
    create: () => tf.layers.dense({ units: 4, activation: "tanh", ...seeded(1) }),
  },
  {
    name: "conv1d",
    inputShape: [2, 9, 3],
    create: () => tf.layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, ...seeded(1) }),
  },
  {
    name: "conv2d",
    inputShape: [2, 6, 7, 3],
    create: () =>
      tf.layers.conv2d({ filters: 4, kernelSize: [2, 3], padding: "same", activation: "elu", ...seeded(1) }),
  },
  {
    name: "conv2dTranspose",
    inputShape: [1, 3, 4, 2],
    create: () => tf.layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, ...seeded(1) }),
  },
  {
    name: "depthwiseConv2d",
    inputShape: [1, 5, 6, 2],
    create: () =>
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        depthMultiplier: 2,
        depthwiseInitializer: tf.initializers.glorotNormal({ seed: 1 }),
      }),
  },
  {
    name: "separableConv2d",
    inputShape: [1, 5, 6, 2],
    create: () =>
      tf.layers.separableConv2d({
        filters: 3,
        kernelSize: 3,
        depthwiseInitializer: tf.initializers.glorotNormal({ seed: 1 }),
        pointwiseInitializer: tf.initializers.glorotNormal({ seed: 2 }),
      }),
  },
  { name: "maxPooling1d", inputShape: [2, 9, 3], create: () => tf.layers.maxPooling1d({ poolSize: 2 }) },
  {
    name: "maxPooling2d",
    inputShape: [2, 6, 5, 3],
    create: () => tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }),
  },
  {
    name: "averagePooling1d",
    inputShape: [2, 9, 3],
    create: () => tf.layers.averagePooling1d({ poolSize: 3 }),
  },
  {
    name: "averagePooling2d",
    inputShape: [2, 6, 5, 3],
    create: () => tf.layers.averagePooling2d({ poolSize: 2 }),
  },
  { name: "globalMaxPooling2d", inputShape: [2, 4, 5, 3], create: () => tf.layers.globalMaxPooling2d({}) },
  {
    name: "globalAveragePooling1d",
    inputShape: [2, 20, 3],
    create: () => tf.layers.globalAveragePooling1d(),
  },
  { name: "batchNormalization", inputShape: [4, 6, 3], create: () => tf.layers.batchNormalization() },
  { name: "layerNormalization", inputShape: [4, 6, 8], create: () => tf.layers.layerNormalization() },
  {
    name: "embedding",
    inputShape: [3, 4],
    vocabulary: 7,
    create: () =>
      tf.layers.embedding({
        inputDim: 7,
        outputDim: 5,
        embeddingsInitializer: tf.initializers.randomNormal({ seed: 1 }),
      }),
  },
  { name: "gru", inputShape: [2, 4, 3], create: () => tf.layers.gru({ units: 4, ...recurrent }) },
  {
    name: "lstm",
    inputShape: [2, 4, 3],
    create: () => tf.layers.lstm({ units: 4, returnSequences: true, ...recurrent }),
  },
  { name: "simpleRNN", inputShape: [2, 4, 3], create: () => tf.layers.simpleRNN({ units: 4, ...recurrent }) },
  {
    name: "bidirectional",
    inputShape: [2, 4, 3],
    create: () =>
      tf.layers.bidirectional({ layer: tf.layers.gru({ units: 2, ...recurrent }), mergeMode: "concat" }),
  },
  { name: "dropout", inputShape: [4, 50], create: () => tf.layers.dropout({ rate: 0.4, seed: 3 }) },
  {
    name: "prelu",
    inputShape: [3, 4, 5],
    create: () => tf.layers.prelu({ alphaInitializer: tf.initializers.randomNormal({ seed: 1 }) }),
  },
  { name: "leakyReLU", inputShape: [3, 5], create: () => tf.layers.leakyReLU({ alpha: 0.2 }) },
  { name: "elu", inputShape: [3, 5], create: () => tf.layers.elu() },
  { name: "softmax", inputShape: [3, 5], create: () => tf.layers.softmax() },
  ...(
    [
      "relu",
      "relu6",
      "sigmoid",
      "hardSigmoid",
      "softplus",
      "softsign",
      "tanh",
      "selu",
      "swish",
      "mish",
    ] as const
  ).map((activation) => ({
    name: `activation ${activation}`,
    inputShape: [4, 6],
    create: () => tf.layers.activation({ activation }),
  })),
];

function makeInput({ inputShape, vocabulary }: LayerCase): tf.Tensor {
  const size = tf.util.sizeFromShape(inputShape);
  const waves = Array.from({ length: size }, (_, index) => 2 * Math.sin(index * 2.3 + 0.5));
  if (vocabulary === undefined) return tf.tensor(waves, inputShape);
  return tf.tensor(
    waves.map((_, index) => (index * 5) % vocabulary),
    inputShape,
    "int32",
  );
}

/** The layer's output in training, and the gradients of its weights and of its input. */
function runLayer(layerCase: LayerCase): tf.Tensor[] {
  const layer = layerCase.create();
  const input = makeInput(layerCase);
  const apply = (x: tf.Tensor): tf.Tensor => {
    const output = layer.apply(x, { training: true });
    if (!(output instanceof tf.Tensor)) throw new TypeError("expected one output");
    return output;
  };
  const value = apply(input);
  const measure = (x: tf.Tensor): tf.Scalar => apply(x).mul(1.5).sin().sum().asScalar();
  const variables = layer.trainableWeights.flatMap((weight) => {
    const variable = weight.read();
    return variable instanceof tf.Variable ? [variable] : [];
  });
  const weightGradients =
    variables.length === 0 ? [] : Object.values(tf.variableGrads(() => measure(input), variables).grads);
  return [
    value,
    ...weightGradients,
    ...(layerCase.vocabulary === undefined ? [tf.grad(measure)(input)] : []),
  ];
}

describe("tf.layers, forward and backward", () => {
  it.each(cases)("$name answers as on the CPU backend", async (layerCase) => {
    await expectSameAsCpu(() => runLayer(layerCase), 2e-5);
  });
});

const functions = [
  { name: "gelu", run: (x: tf.Tensor) => x.mul(x.div(Math.SQRT2).erf().add(1)).mul(0.5) },
  { name: "softmax", run: (x: tf.Tensor) => tf.softmax(x) },
  { name: "logSoftmax", run: (x: tf.Tensor) => tf.logSoftmax(x) },
  {
    name: "mean and deviation",
    run: (x: tf.Tensor) => x.sub(x.mean(0)).div(tf.moments(x, 0).variance.add(0.1).sqrt()),
  },
  { name: "clipByValue", run: (x: tf.Tensor) => x.clipByValue(-1.01, 1.02) },
  { name: "max over an axis", run: (x: tf.Tensor) => x.max(1) },
  {
    name: "conv1d",
    run: (x: tf.Tensor) => tf.conv1d(x.as3D(1, 4, 6), tf.ones<tf.Rank.R3>([3, 6, 2]).mul(0.3), 1, "same"),
  },
  {
    name: "attention",
    run: (x: tf.Tensor) => tf.matMul(tf.softmax(tf.matMul(x, x, false, true).mul(0.4)), x),
  },
  { name: "norm", run: (x: tf.Tensor) => x.div(tf.norm(x).add(1)) },
] as const;

describe("gradients against finite differences", () => {
  it.each(functions)("$name", ({ run }) => expectFiniteDifference(run));
});

/** Slope along one direction: the gradient's, and (f(x + h d) - f(x - h d)) / 2 h with f summed in float64. */
async function expectFiniteDifference(run: (x: tf.Tensor) => tf.Tensor): Promise<void> {
  await registered;
  await tf.setBackend("onnxruntime");
  const x = Float64Array.from({ length: 24 }, (_, index) => 1.7 * Math.sin(index * 2.1 + 0.3));
  const direction = x.map((_, index) => Math.cos(index * 3.7));
  const shift = (distance: number) =>
    tf.tensor2d(
      Float32Array.from(x, (value, index) => value + distance * (direction[index] ?? 0)),
      [4, 6],
    );
  const weigh = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value, index) => sum + value * Math.sin(index + 1), 0);
  const step = 1 / 256;
  tf.tidy(() => {
    const evaluate = (distance: number) => weigh(run(shift(distance)).dataSync());
    const value = run(shift(0));
    const dy = tf.tensor(
      Float32Array.from({ length: value.size }, (_, index) => Math.sin(index + 1)),
      value.shape,
    );
    const gradient = tf.grad(run)(shift(0), dy).dataSync<"float32">();
    const slope = gradient.reduce((sum, partial, index) => sum + partial * (direction[index] ?? 0), 0);
    const expected = (evaluate(step) - evaluate(-step)) / (2 * step);
    expect(Math.abs(slope - expected)).toBeLessThan(2e-3 * Math.max(1, Math.abs(expected)));
  });
}
