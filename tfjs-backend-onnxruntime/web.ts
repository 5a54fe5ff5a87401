import * as tf from "@tensorflow/tfjs";
import type { InferenceSession } from "onnxruntime-common";
import type { BackendOptions, OnnxRuntimeBackend } from "./backend.ts";
import { backendName, registerBackend } from "./register.ts";
import { type CommonRuntime, createCommonSessions } from "./sessions/common-sessions.ts";

export { compileStep } from "./compile-step.ts";

/**
 * Registers the backend "onnxruntime" on a runtime that computes asynchronously, e.g.
 * `import * as ort from "onnxruntime-web/wasm"`, and makes it TF.js's current one. Read data with `await tensor.data()`.
 *
 *     await registerOnnxRuntimeWebBackend(await import("onnxruntime-web/wasm"));
 *     await model.fit(inputs, targets); // on ONNX Runtime
 */
export async function registerOnnxRuntimeWebBackend(
  runtime: CommonRuntime,
  options: BackendOptions & InferenceSession.SessionOptions = {},
): Promise<OnnxRuntimeBackend> {
  const backend = registerBackend(createCommonSessions(runtime, options), options);
  await tf.setBackend(backendName);
  return backend;
}
