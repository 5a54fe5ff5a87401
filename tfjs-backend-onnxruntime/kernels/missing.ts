import * as tf from "@tensorflow/tfjs";
import type { Kernel } from "./kernel.ts";

/** TF.js's names of all its kernels, from the constants that tfjs-core exports. */
export function listKernelNames(): string[] {
  return Object.entries(tf)
    .filter(([name, value]) => name === value)
    .map(([name]) => name)
    .toSorted();
}

/** A kernel that we do not have: it says so by name when it is used, and how to compute it all the same. */
export function makeMissingKernel(kernelName: string): Kernel {
  return {
    kernelName,
    record() {
      throw new Error(
        `${kernelName}: expected a kernel of the onnxruntime backend, but it has none for the op of this name ` +
          `(docs/reference/kernels.md lists those it has). Compute this step on TF.js's own backend: ` +
          `await tf.setBackend("cpu"), then the op, then await tf.setBackend("onnxruntime"); tensors move by themselves.`,
      );
    },
  };
}
