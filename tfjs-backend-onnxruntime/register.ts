import * as tf from "@tensorflow/tfjs";
import { type BackendOptions, OnnxRuntimeBackend } from "./backend.ts";
import { kernels } from "./kernels/index.ts";
import { configureKernel, type Kernel } from "./kernels/kernel.ts";
import { listKernelNames, makeMissingKernel } from "./kernels/missing.ts";
import type { SessionFactory } from "./sessions/session-factory.ts";

export const backendName = "onnxruntime";

/** Makes `tf.setBackend("onnxruntime")` compute with sessions of `factory`. Knows no platform. */
export function registerBackend(factory: SessionFactory, options: BackendOptions = {}): OnnxRuntimeBackend {
  const backend = new OnnxRuntimeBackend(factory, options);
  const registered = new Set(tf.getKernelsForBackend(backendName).map(({ kernelName }) => kernelName));
  if (registered.size > 0) tf.removeBackend(backendName);
  for (const kernel of [...kernels, ...listMissingKernels()]) {
    if (registered.has(kernel.kernelName)) tf.unregisterKernel(kernel.kernelName, backendName);
    tf.registerKernel(configureKernel(kernel, backendName, backend));
  }
  tf.registerBackend(backendName, () => backend, 1);
  return backend;
}

function listMissingKernels(): Kernel[] {
  const names = new Set(kernels.map(({ kernelName }) => kernelName));
  if (names.size !== kernels.length) throw new Error("kernels: expected each kernel once");
  return listKernelNames()
    .filter((name) => !names.has(name))
    .map(makeMissingKernel);
}
