import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";

/** One of TF.js's own backends that run on a CPU. @returns its version by name */
export async function loadTfjsBackend(
  backend: "tensorflow" | "wasm",
  threads: number,
): Promise<Record<string, string>> {
  if (backend === "tensorflow") {
    const { version } = await import("@tensorflow/tfjs-node");
    await tf.setBackend("tensorflow");
    return { "tfjs-node": version["tfjs-node"] };
  }
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(
    fileURLToPath(new URL("../../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)),
  );
  wasm.setThreadsCount(threads); // it takes one alone where it cannot start more
  await tf.setBackend("wasm");
  return { "tfjs-backend-wasm": wasm.version_wasm };
}
