import * as tf from "@tensorflow/tfjs";
import type { BackendOptions, OnnxRuntimeBackend } from "./backend.ts";
import { backendName, registerBackend } from "./register.ts";
import { createNodeSessions, type NodeSessionOptions } from "./sessions/node-sessions.ts";

export { compileStep, type Step } from "./compile-step.ts";
export type { BackendOptions } from "./backend.ts";
export type { NodeSessionOptions } from "./sessions/node-sessions.ts";

/**
 * The runtime that computes, and the backend as TF.js has it.
 *
 *     const { name, version }: RegisteredBackend = await registerOnnxRuntimeBackend();
 */
export interface RegisteredBackend {
  readonly name: string;
  readonly version: string;
  readonly backend: OnnxRuntimeBackend;
}

/**
 * Registers the backend "onnxruntime" on onnxruntime-node and makes it TF.js's current one.
 *
 *     await registerOnnxRuntimeBackend();
 *     await model.fit(inputs, targets); // on ONNX Runtime
 *
 * @returns the runtime's name and version
 */
export async function registerOnnxRuntimeBackend(
  options: BackendOptions & NodeSessionOptions = {},
): Promise<RegisteredBackend> {
  const factory = createNodeSessions(options);
  const backend = registerBackend(factory, options);
  await tf.setBackend(backendName);
  return { name: factory.name, version: factory.version, backend };
}
