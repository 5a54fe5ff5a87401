import * as tf from "@tensorflow/tfjs";
import { it } from "vitest";
import { exportLayersModel } from "../../../export/export-layers-model.ts";
import {
  createNormal,
  expectClose,
  predict,
  randomiseWeights,
  runOnnx,
  takeSymbolic,
} from "../parity-harness.ts";

const { layers } = tf;

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
