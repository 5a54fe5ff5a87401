import { backend_util, slice_util, util } from "@tensorflow/tfjs";
import { at } from "../../../common/at.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { concat, reshape, slice } from "../../operators/shape.ts";
import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

/** Kernels that take tensors apart or put them together. */
const sliceKernel: Kernel = {
  kernelName: "Slice",
  record(backend, call) {
    const x = call.input("x");
    // Without sizes, all from the beginning on.
    const size = call.has("size") ? call.numbers("size") : undefined;
    const [starts = [], sizes = []] = slice_util.parseSliceParams(x, call.numbers("begin"), size);
    slice_util.assertParamsValid(x, starts, sizes);
    const ranges = starts.map((start, axis) => ({ axis, start, end: start + at(sizes, axis) }));
    const request = {
      kernelName: "Slice",
      key: `${starts.join()} ${sizes.join()}`,
      inputs: [x],
      lower: one((graph, value) => slice(graph, value, ranges)),
    };
    return backend.record(request, x.dtype, sizes);
  },
};

const concatKernel: Kernel = {
  kernelName: "Concat",
  record(backend, call) {
    const all = call.inputs();
    const [first] = all;
    if (first === undefined) return call.refuse("inputs", "at least one tensor", undefined);
    const axis = call.axis("axis", first.shape);
    const shapes = all.map((info) => info.shape);
    backend_util.assertParamsConsistent(shapes, axis);
    const shape = backend_util.computeOutShape(shapes, axis);
    const inputs = all.filter((info) => util.sizeFromShape(info.shape) > 0);
    const [only] = inputs;
    if (only === undefined) return backend.fill(first.dtype, shape, 0);
    if (inputs.length === 1) return backend.alias(only, shape);
    const request = {
      kernelName: "Concat",
      key: String(axis),
      inputs,
      lower: (graph: Graph, values: readonly Value[]) => concat(graph, values, axis),
    };
    return backend.record(request, first.dtype, shape);
  },
};

const splitV: Kernel = {
  kernelName: "SplitV",
  record(backend, call) {
    const x = call.input("x");
    const axis = call.axis("axis", x.shape);
    const name = "numOrSizeSplits";
    const sizes = backend_util.prepareSplitSize(
      x,
      call.isNumber(name) ? call.number(name) : call.numbers(name),
      axis,
    );
    let end = 0;
    return sizes.map((size) => {
      const start = end;
      end += size;
      const request = {
        kernelName: "SplitV",
        key: `${axis} ${start} ${size}`,
        inputs: [x],
        lower: one((graph, value) => slice(graph, value, [{ axis, start, end: start + size }])),
      };
      return backend.record(request, x.dtype, x.shape.with(axis, size));
    });
  },
};

const pack: Kernel = {
  kernelName: "Pack",
  record(backend, call) {
    const inputs = call.inputs();
    const [first] = inputs;
    if (first === undefined) return call.refuse("inputs", "at least one tensor", undefined);
    for (const { shape, dtype } of inputs) {
      util.assertShapesMatch(first.shape, shape, "Pack: expected tensors of one shape, got ");
      if (dtype !== first.dtype) return call.refuse("inputs", `tensors of ${first.dtype}`, dtype);
    }
    const axis = call.axis("axis", [...first.shape, 1]);
    const request = {
      kernelName: "Pack",
      key: String(axis),
      inputs,
      lower: (graph: Graph, values: readonly Value[]) =>
        concat(
          graph,
          values.map((value) => reshape(graph, value, value.shape.toSpliced(axis, 0, 1))),
          axis,
        ),
    };
    return backend.record(request, first.dtype, first.shape.toSpliced(axis, 0, inputs.length));
  },
};

const unpack: Kernel = {
  kernelName: "Unpack",
  record(backend, call) {
    const x = call.input("value");
    const axis = call.axis("axis", x.shape);
    const shape = x.shape.toSpliced(axis, 1);
    return Array.from({ length: at(x.shape, axis) }, (_, index) => {
      const request = {
        kernelName: "Unpack",
        key: `${axis} ${index}`,
        inputs: [x],
        lower: one((graph, value) =>
          reshape(graph, slice(graph, value, [{ axis, start: index, end: index + 1 }]), shape),
        ),
      };
      return backend.record(request, x.dtype, shape);
    });
  },
};

export const joinAndSplitKernels: readonly Kernel[] = [concatKernel, pack, sliceKernel, splitV, unpack];
