/** The same network in a page with TF.js, loaded as TF.js saves it. */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import "../../models/create-network.ts"; // registers our layers
import { type PageTimes, timePage } from "./browser-page.ts";
import { makeInput } from "../inference/inference-settings.ts";

export function run(backend: "wasm" | "webgpu", threads: number): Promise<PageTimes> {
  return timePage(async () => {
    setWasmPaths("/tfjs-wasm/");
    setThreadsCount(threads);
    await tf.setBackend(backend);
    await tf.ready();
    const model = await tf.loadLayersModel("/model.json");
    const { values, shape } = makeInput({ input: "features", batch: 1 });
    return async () => {
      const logits = tf.tidy(() => model.predict(tf.tensor(values, shape)));
      if (Array.isArray(logits)) throw new TypeError("expected one output");
      await logits.data();
      logits.dispose();
    };
  });
}
