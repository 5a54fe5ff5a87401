import { float } from "../../../onnx/attributes.ts";
import { alike, cast, clip, combine, compare, mapElements } from "../../operators/elementwise.ts";
import { one, two } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

/** Elementwise kernels with numbers of their own, or with a gradient as input. */
const clipByValue: Kernel = {
  kernelName: "ClipByValue",
  record(backend, call) {
    const x = call.input("x");
    const low = call.number("clipValueMin");
    const high = call.number("clipValueMax");
    const request = {
      kernelName: "ClipByValue",
      key: `${low} ${high}`,
      inputs: [x],
      lower: one((graph, value) => clip(graph, value, low, high)),
    };
    return backend.record(request, x.dtype, x.shape);
  },
};

const leakyRelu: Kernel = {
  kernelName: "LeakyRelu",
  record(backend, call) {
    const x = call.input("x");
    const alpha = call.number("alpha");
    const request = {
      kernelName: "LeakyRelu",
      key: String(alpha),
      inputs: [x],
      lower: one((graph, value) =>
        mapElements(graph, "LeakyRelu", cast(graph, value, "float32"), { alpha: float(alpha) }),
      ),
    };
    return backend.record(request, "float32", x.shape);
  },
};

const prelu: Kernel = {
  kernelName: "Prelu",
  record(backend, call) {
    const x = call.input("x");
    const request = {
      kernelName: "Prelu",
      inputs: [x, call.input("alpha")],
      lower: two((graph, value, alpha) =>
        combine(graph, "PRelu", cast(graph, value, "float32"), cast(graph, alpha, "float32")),
      ),
    };
    return backend.record(request, "float32", x.shape);
  },
};

/** 1 where x > 0, alpha elsewhere; its use is ReLU's gradient. */
const step: Kernel = {
  kernelName: "Step",
  record(backend, call) {
    const x = call.input("x");
    const alpha = call.has("alpha") ? call.number("alpha") : 0;
    const request = {
      kernelName: "Step",
      key: String(alpha),
      inputs: [x],
      lower: one((graph, value) => {
        const mask = cast(graph, compare(graph, "Greater", value, alike(graph, value, 0)), value.dtype);
        if (alpha === 0) return mask;
        const scaled = combine(graph, "Mul", mask, alike(graph, value, 1 - alpha));
        return combine(graph, "Add", scaled, alike(graph, value, alpha));
      }),
    };
    return backend.record(request, x.dtype, x.shape);
  },
};

/** dy where y >= 0, dy (y + 1) elsewhere: y = exp(x) - 1 there. */
const eluGrad: Kernel = {
  kernelName: "EluGrad",
  record(backend, call) {
    const y = call.input("y");
    const request = {
      kernelName: "EluGrad",
      inputs: [call.input("dy"), y],
      lower: two((graph, dy, value) => {
        const slope = combine(graph, "Add", combine(graph, "Min", value, graph.scalar(0)), graph.scalar(1));
        return combine(graph, "Mul", dy, slope);
      }),
    };
    return backend.record(request, y.dtype, y.shape);
  },
};

const castKernel: Kernel = {
  kernelName: "Cast",
  record(backend, call) {
    const x = call.input("x");
    const dtype = call.text("dtype");
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
      return call.refuse("dtype", "float32, int32 or bool", dtype);
    }
    if (dtype === x.dtype) return backend.alias(x, x.shape);
    const request = {
      kernelName: "Cast",
      key: dtype,
      inputs: [x],
      lower: one((graph, value) => cast(graph, value, dtype)),
    };
    return backend.record(request, dtype, x.shape);
  },
};

export const parametricKernels: readonly Kernel[] = [
  castKernel,
  clipByValue,
  eluGrad,
  leakyRelu,
  prelu,
  step,
];
