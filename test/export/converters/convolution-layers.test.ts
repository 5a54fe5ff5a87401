import * as tf from "@tensorflow/tfjs";
import { describeRows, image, openImage, openSequence, type Row, sequence, volume } from "./layer-cases.ts";

const { layers } = tf;

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

describeRows("convolutions", convolutions);
