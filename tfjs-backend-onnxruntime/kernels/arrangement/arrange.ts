import { util } from "@tensorflow/tfjs";
import { at } from "../../../common/at.ts";
import { concat, pad, reverse, slice, tile, transpose } from "../../operators/shape.ts";
import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

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
      perm.map((axis) => at(x.shape, axis)),
    );
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
    const shape = x.shape.map((length, axis) => length + at(before, axis) + at(after, axis));
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
      (length, axis) => length + at(at(paddings, axis), 0) + at(at(paddings, axis), 1),
    );
    const request = {
      kernelName: "MirrorPad",
      key: `${paddings.join()} ${skip}`,
      inputs: [x],
      lower: one((graph, value) =>
        paddings.reduce((padded, [before, after], axis) => {
          const length = at(x.shape, axis);
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
      x.shape.map((length, axis) => length * at(reps, axis)),
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
  mirrorPad,
  padV2,
  reverseKernel,
  tileKernel,
  transposeKernel,
];
