import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

/** Softmax and its logarithm along one axis. @param axisName what TF.js calls the attribute */
function makeSoftmax(kernelName: "Softmax" | "LogSoftmax", axisName: string): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const logits = call.input("logits");
      const axis = call.axis(axisName, logits.shape);
      const request = {
        kernelName,
        key: String(axis),
        inputs: [logits],
        lower: one((graph, x) =>
          graph.node({
            opType: kernelName,
            inputs: [x],
            shape: x.shape,
            dtype: x.dtype,
            attributes: { axis },
          }),
        ),
      };
      return backend.record(request, "float32", logits.shape);
    },
  };
}

export const softmaxKernels: readonly Kernel[] = [
  makeSoftmax("LogSoftmax", "axis"),
  makeSoftmax("Softmax", "dim"),
];
