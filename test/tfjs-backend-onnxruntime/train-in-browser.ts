import * as tf from "@tensorflow/tfjs";
import * as ort from "onnxruntime-web/wasm";
import { registerOnnxRuntimeWebBackend } from "../../tfjs-backend-onnxruntime/web.ts";
import { trainSmallCnn } from "./small-cnn.ts";

/** The page that web.test.ts opens: trains on TF.js's CPU backend and on ours over WASM, and shows both losses. */
ort.env.wasm.wasmPaths = "/";
ort.env.wasm.numThreads = 1;

async function compare(): Promise<{ expected: number[]; actual: number[]; compiled: number }> {
  await tf.setBackend("cpu");
  const expected = await trainSmallCnn(() => tf.train.momentum(0.05, 0.9, true), 5);
  const backend = await registerOnnxRuntimeWebBackend(ort);
  const actual = await trainSmallCnn(() => tf.train.momentum(0.05, 0.9, true), 5);
  return { expected, actual, compiled: backend.statistics.compiled };
}

declare global {
  var comparison: ReturnType<typeof compare>;
}

globalThis.comparison = compare();
