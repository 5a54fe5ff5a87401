import * as tf from "@tensorflow/tfjs";
import { describeRows, image, openImage, openSequence, type Row, sequence, volume } from "./layer-cases.ts";

const { layers } = tf;

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

describeRows("pooling", pooling);
