import * as tf from "@tensorflow/tfjs";
import { describeRows, image, type Row } from "./layer-cases.ts";

const { layers } = tf;

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

describeRows("embeddings and encodings", embeddings);
describeRows("preprocessing", preprocessing);
