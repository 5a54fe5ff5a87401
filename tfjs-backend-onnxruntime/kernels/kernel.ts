import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import type { OnnxRuntimeBackend } from "../backend.ts";
import { KernelCall } from "../kernel-call.ts";

/** How one TF.js kernel is recorded. */
export interface Kernel {
  readonly kernelName: string;
  readonly record: (backend: OnnxRuntimeBackend, call: KernelCall) => TensorInfo | TensorInfo[];
}

/** The kernel as TF.js registers it, closing over its backend. */
export function configureKernel(
  { kernelName, record }: Kernel,
  backendName: string,
  backend: OnnxRuntimeBackend,
): KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => record(backend, new KernelCall(kernelName, inputs, attrs)),
  };
}
