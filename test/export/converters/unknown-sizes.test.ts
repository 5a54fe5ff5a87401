import * as tf from "@tensorflow/tfjs";
import { describe, it } from "vitest";
import { expectParity } from "../parity-harness.ts";

const { layers } = tf;

const same = { padding: "same" } as const;

/** 'same' with a stride: its padding depends on a size that only the data have. */
const sequences: [string, () => tf.layers.Layer][] = [
  ["conv1d 4/2", () => layers.conv1d({ filters: 3, kernelSize: 4, strides: 2, ...same })],
  ["conv1d 3/2", () => layers.conv1d({ filters: 3, kernelSize: 3, strides: 2, ...same })],
  [
    "conv1d 2/3, stride beyond the kernel",
    () => layers.conv1d({ filters: 3, kernelSize: 2, strides: 3, ...same }),
  ],
  [
    "conv1d 5/4, relu",
    () => layers.conv1d({ filters: 3, kernelSize: 5, strides: 4, activation: "relu", ...same }),
  ],
  ["maxPooling1d 3/2", () => layers.maxPooling1d({ poolSize: 3, strides: 2, ...same })],
  ["maxPooling1d 2/3", () => layers.maxPooling1d({ poolSize: 2, strides: 3, ...same })],
  ["averagePooling1d 3/2", () => layers.averagePooling1d({ poolSize: 3, strides: 2, ...same })],
  ["averagePooling1d 4/3", () => layers.averagePooling1d({ poolSize: 4, strides: 3, ...same })],
  [
    "timeDistributed conv1d",
    () =>
      layers.timeDistributed({ layer: layers.conv1d({ filters: 2, kernelSize: 3, strides: 2, ...same }) }),
  ],
];

describe.each(sequences)("%s over any number of frames", (_, make) => {
  it.each([1, 2, 5, 6, 7, 12])("%i", async (frames) => {
    const layer = make();
    await (layer.getClassName() === "TimeDistributed"
      ? expectParity(layer, { inputShape: [2, 3, frames, 3], modelShape: [null, null, 3] })
      : expectParity(layer, { inputShape: [2, frames, 3], modelShape: [null, 3] }));
  });
});

const images: [string, () => tf.layers.Layer][] = [
  ["conv2d", () => layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: [2, 3], ...same })],
  ["conv2d, one axis strided", () => layers.conv2d({ filters: 3, kernelSize: 4, strides: [1, 2], ...same })],
  [
    "depthwiseConv2d",
    () => layers.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2, ...same }),
  ],
  ["separableConv2d", () => layers.separableConv2d({ filters: 2, kernelSize: 4, strides: 2, ...same })],
  ["maxPooling2d", () => layers.maxPooling2d({ poolSize: [3, 2], strides: [2, 3], ...same })],
  ["averagePooling2d", () => layers.averagePooling2d({ poolSize: [2, 5], strides: [3, 2], ...same })],
];

describe.each(images)("%s over images of any size", (_, make) => {
  it.each([
    [1, 1],
    [6, 7],
    [9, 4],
  ])("%i x %i", async (height, width) => {
    await expectParity(make(), { inputShape: [2, height, width, 3], modelShape: [null, null, 3] });
    await expectParity(make(), { inputShape: [2, height, width, 3], modelShape: [height, null, 3] });
  });
});

it("conv2d with channels first over images of any size", async () => {
  const layer = layers.conv2d({
    filters: 2,
    kernelSize: 3,
    strides: 2,
    dataFormat: "channelsFirst",
    ...same,
  });
  await expectParity(layer, { inputShape: [2, 3, 8, 5], modelShape: [3, null, null] });
});

describe("volumes of any size", () => {
  it.each<[string, () => tf.layers.Layer]>([
    ["conv3d", () => layers.conv3d({ filters: 2, kernelSize: 3, strides: 2, ...same })],
    ["maxPooling3d", () => layers.maxPooling3d({ poolSize: 2, strides: 2, ...same })],
    ["averagePooling3d", () => layers.averagePooling3d({ poolSize: 3, strides: 2, ...same })],
  ])("%s", async (_, make) => {
    await expectParity(make(), { inputShape: [1, 4, 5, 6, 2], modelShape: [null, null, null, 2] });
  });
});
