import { util } from "@tensorflow/tfjs";
import type { Kernel } from "../kernel.ts";

/** Kernels that only rename the axes: nothing is recorded. */
const reshape: Kernel = {
  kernelName: "Reshape",
  record(backend, call) {
    const x = call.input("x");
    const size = util.sizeFromShape(x.shape);
    const shape = util.inferFromImplicitShape(call.numbers("shape"), size);
    if (util.sizeFromShape(shape) !== size) call.refuse("shape", `${size} elements`, shape);
    return backend.alias(x, shape);
  },
};

const expandDims: Kernel = {
  kernelName: "ExpandDims",
  record(backend, call) {
    const x = call.input("input");
    const dim = call.number("dim");
    const rank = x.shape.length;
    if (dim < -rank - 1 || dim > rank) call.refuse("dim", `from ${-rank - 1} to ${rank}`, dim);
    const axis = dim < 0 ? dim + rank + 1 : dim;
    return backend.alias(x, x.shape.toSpliced(axis, 0, 1));
  },
};

export const reshapeKernels: readonly Kernel[] = [expandDims, reshape];
