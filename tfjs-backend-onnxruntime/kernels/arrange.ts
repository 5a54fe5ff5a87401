import { backend_util, slice_util, util } from "@tensorflow/tfjs";
import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { concat, pad, reshape, reverse, slice, tile, transpose } from "../operators/shape.ts";
import { one } from "../recording/lower.ts";
import type { Kernel } from "./kernel.ts";

/** Kernels that put elements elsewhere without computing with them. */
const transposeKernel: Kernel = {
  kernelName: "Transpose",
  record(backend, call) {
    const x = call.input("x");
    const perm = call.numbers("perm");
    const request = {
      kernelName: "Transpose",
      key: perm.join(),
      inputs: [x],
      lower: one((graph, value) => transpose(graph, value, perm)),
    };
    return backend.record(
      request,
      x.dtype,
      perm.map((axis) => x.shape[axis] ?? 1),
    );
  },
};

const sliceKernel: Kernel = {
  kernelName: "Slice",
  record(backend, call) {
    const x = call.input("x");
    const begin = call.numbers("begin");
    const [starts = [], sizes = []] = slice_util.parseSliceParams(x, begin, call.numbers("size"));
    slice_util.assertParamsValid(x, starts, sizes);
    const ranges = starts.map((start, axis) => ({ axis, start, end: start + (sizes[axis] ?? 0) }));
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
    const shape = backend_util.computeOutShape(
      all.map((info) => info.shape),
      axis,
    );
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
    const length = x.shape[axis] ?? 0;
    const wanted = call.numbers("numOrSizeSplits");
    const [count = 1] = wanted;
    // One size may be -1: what the others leave.
    const rest = length - wanted.reduce((sum, size) => sum + Math.max(0, size), 0);
    const sizes = call.isList("numOrSizeSplits")
      ? wanted.map((size) => (size < 0 ? rest : size))
      : Array.from({ length: count }, () => length / count);
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
    return Array.from({ length: x.shape[axis] ?? 0 }, (_, index) => {
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

const padV2: Kernel = {
  kernelName: "PadV2",
  record(backend, call) {
    const x = call.input("x");
    const paddings = call.pairs("paddings");
    const value = call.number("constantValue");
    const before = paddings.map(([count]) => count);
    const after = paddings.map(([, count]) => count);
    const shape = x.shape.map((length, axis) => length + (before[axis] ?? 0) + (after[axis] ?? 0));
    if (util.sizeFromShape(x.shape) === 0) return backend.fill(x.dtype, shape, value);
    const request = {
      kernelName: "PadV2",
      key: `${before.join()} ${after.join()} ${value}`,
      inputs: [x],
      lower: one((graph, source) => pad(graph, source, before, after, { value })),
    };
    return backend.record(request, x.dtype, shape);
  },
};

/** Reflection of the rows beside each edge; "symmetric" repeats the edge itself: built from reversed slices. */
const mirrorPad: Kernel = {
  kernelName: "MirrorPad",
  record(backend, call) {
    const x = call.input("x");
    const paddings = call.pairs("paddings");
    const skip = call.text("mode") === "reflect" ? 1 : 0;
    const shape = x.shape.map(
      (length, axis) => length + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0),
    );
    const request = {
      kernelName: "MirrorPad",
      key: `${paddings.join()} ${skip}`,
      inputs: [x],
      lower: one((graph, value) =>
        paddings.reduce((padded, [before, after], axis) => {
          const length = x.shape[axis] ?? 1;
          const take = (start: number, end: number) =>
            reverse(graph, slice(graph, padded, [{ axis, start, end }]), [axis]);
          const parts = [
            ...(before > 0 ? [take(skip, skip + before)] : []),
            padded,
            ...(after > 0 ? [take(length - skip - after, length - skip)] : []),
          ];
          return concat(graph, parts, axis);
        }, value),
      ),
    };
    return backend.record(request, x.dtype, shape);
  },
};

const tileKernel: Kernel = {
  kernelName: "Tile",
  record(backend, call) {
    const x = call.input("x");
    const reps = call.numbers("reps");
    const request = {
      kernelName: "Tile",
      key: reps.join(),
      inputs: [x],
      lower: one((graph, value) => tile(graph, value, reps)),
    };
    return backend.record(
      request,
      x.dtype,
      x.shape.map((length, axis) => length * (reps[axis] ?? 1)),
    );
  },
};

const reverseKernel: Kernel = {
  kernelName: "Reverse",
  record(backend, call) {
    const x = call.input("x");
    const axes = call.axes("dims", x.shape);
    const request = {
      kernelName: "Reverse",
      key: axes.join(),
      inputs: [x],
      lower: one((graph, value) => reverse(graph, value, axes)),
    };
    return backend.record(request, x.dtype, x.shape);
  },
};

export const arrangeKernels: readonly Kernel[] = [
  concatKernel,
  mirrorPad,
  pack,
  padV2,
  reverseKernel,
  sliceKernel,
  splitV,
  tileKernel,
  transposeKernel,
  unpack,
];
