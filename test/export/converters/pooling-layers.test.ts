import * as tf from "@tensorflow/tfjs";
import { describe, it } from "vitest";
import { expectModelParity, takeSymbolic } from "../parity-harness.ts";
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

/**
 * ONNX Runtime joins a Pad with the pooling behind it where that is written as it likes it: then a maximum of negative
 * values was another number, and a wide padding was refused.
 */
describe("pooling behind zeros that a layer put around negative values", () => {
  const paddings = [
    [1, 0],
    [0, 1],
    [2, 2],
    [4, 0],
  ] as const;
  const rows = (["maxPooling2d", "averagePooling2d"] as const).flatMap((pooling) =>
    (["valid", "same"] as const).flatMap((padding) =>
      paddings.flatMap((zeros) => [1, 3].map((strides) => ({ pooling, padding, zeros, strides }))),
    ),
  );

  it.each(rows)("$pooling, $padding, zeros $zeros, stride $strides", async (row) => {
    const x = tf.input({ shape: [5, 7, 2], name: "x" });
    const outer: [number, number] = [...row.zeros];
    const chain = [
      layers.conv2d({ filters: 3, kernelSize: 2, activation: "tanh" }),
      layers.zeroPadding2d({ padding: [outer, [0, 1]] }),
      layers[row.pooling]({ poolSize: [2, 2], strides: row.strides, padding: row.padding }),
    ];
    const y = chain.reduce((value, layer) => takeSymbolic(layer.apply(value)), x);
    await expectModelParity(tf.model({ inputs: x, outputs: y }), [[2, 5, 7, 2]]);
  });
});
