import { backend_util, slice_util } from "@tensorflow/tfjs";
import { at } from "../../../common/at.ts";
import { countElements } from "../../graph/value.ts";
import { alike, cast, clip, combine, compare } from "../../operators/elementwise.ts";
import { gather, reshape, slice } from "../../operators/shape.ts";
import { one, two } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

const { segment_util } = backend_util;

/** With `batchDims`, the leading axes of both go together: they become one, and indices are shifted by row. */
const gatherV2: Kernel = {
  kernelName: "GatherV2",
  record(backend, call) {
    const x = call.input("x");
    const indices = call.input("indices");
    const axis = call.axis("axis", x.shape);
    const given = call.has("batchDims") ? call.number("batchDims") : 0;
    const batchDims = given < 0 ? given + indices.shape.length : given;
    const info = segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
    const {
      batchSize: batch,
      outerSize: outer,
      dimSize: length,
      sliceSize: inner,
      outputShape: shape,
    } = info;
    const request = {
      kernelName: "GatherV2",
      key: `${axis} ${batchDims}`,
      inputs: [x, indices],
      lower: two((graph, data, which) => {
        if (batch === 1) {
          const flat = reshape(graph, data, [outer, length, inner]);
          const flatIndices = reshape(graph, which, [countElements(which.shape)]);
          return reshape(graph, gather(graph, flat, flatIndices, 1), shape);
        }
        const perRow = countElements(indices.shape.slice(batchDims));
        const flat = reshape(graph, data, [batch * outer * length, inner]);
        const rows = Array.from({ length: batch * outer }, (_, row) => row * length);
        const offsets = graph.constant("int32", [batch, outer, 1], rows);
        const shifted = combine(graph, "Add", offsets, reshape(graph, which, [batch, 1, perRow]));
        return reshape(graph, gather(graph, flat, shifted, 0), shape);
      }),
    };
    return backend.record(request, x.dtype, shape);
  },
};

const gatherNd: Kernel = {
  kernelName: "GatherNd",
  record(backend, call) {
    const params = call.input("params");
    const indices = call.input("indices");
    const [shape] = backend_util.prepareAndValidate(params, indices);
    const request = {
      kernelName: "GatherNd",
      inputs: [params, indices],
      lower: two((graph, data, which) =>
        graph.node({
          opType: "GatherND",
          inputs: [data, cast(graph, which, "int64")],
          shape,
          dtype: data.dtype,
        }),
      ),
    };
    return backend.record(request, params.dtype, shape);
  },
};

/** Compared with 0, 1, ... depth - 1: out of range gives no hit, as in TF.js. */
const oneHot: Kernel = {
  kernelName: "OneHot",
  record(backend, call) {
    const indices = call.input("indices");
    const depth = call.number("depth");
    const on = call.number("onValue");
    const off = call.number("offValue");
    const dtype = call.has("dtype") ? call.text("dtype") : "int32";
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
      return call.refuse("dtype", "float32, int32 or bool", dtype);
    }
    const request = {
      kernelName: "OneHot",
      key: `${depth} ${on} ${off} ${dtype}`,
      inputs: [indices],
      lower: one((graph, which) => {
        const classes = graph.constant("int32", [depth], [...Array(depth).keys()]);
        const hit = compare(graph, "Equal", reshape(graph, which, [...which.shape, 1]), classes);
        if (dtype === "bool" && on === 1 && off === 0) return hit;
        const number = cast(graph, hit, dtype === "bool" ? "int32" : dtype);
        const scaled = combine(graph, "Mul", number, alike(graph, number, on - off));
        return cast(graph, combine(graph, "Add", scaled, alike(graph, number, off)), dtype);
      }),
    };
    return backend.record(request, dtype, [...indices.shape, depth]);
  },
};

/**
 * Sums of the rows of x that share a number; an embedding's gradient. Rows whose number is not from 0 to numSegments - 1
 * count nowhere: they go to one more row at either end, which is cut off.
 */
const unsortedSegmentSum: Kernel = {
  kernelName: "UnsortedSegmentSum",
  record(backend, call) {
    const x = call.input("x");
    const segmentIds = call.input("segmentIds");
    const count = call.number("numSegments");
    const rows = countElements(segmentIds.shape);
    const inner = x.shape.slice(segmentIds.shape.length);
    const width = countElements(inner);
    const request = {
      kernelName: "UnsortedSegmentSum",
      key: String(count),
      inputs: [x, segmentIds],
      lower: two((graph, data, ids) => {
        const zeros = graph.constant(data.dtype, [count + 2, width], [0]);
        const inRange = combine(graph, "Add", clip(graph, ids, -1, count), alike(graph, ids, 1));
        const sums = graph.node({
          opType: "ScatterND",
          inputs: [
            zeros,
            cast(graph, reshape(graph, inRange, [rows, 1]), "int64"),
            reshape(graph, data, [rows, width]),
          ],
          shape: zeros.shape,
          dtype: data.dtype,
          attributes: { reduction: "add" },
        });
        return slice(graph, sums, [{ axis: 0, start: 1, end: count + 1 }]);
      }),
    };
    return backend.record(request, x.dtype, [count, ...inner]);
  },
};

const stridedSlice: Kernel = {
  kernelName: "StridedSlice",
  record(backend, call) {
    const x = call.input("x");
    const info = slice_util.sliceInfo(
      x.shape,
      call.numbers("begin"),
      call.numbers("end"),
      call.numbers("strides"),
      call.number("beginMask"),
      call.number("endMask"),
      call.number("ellipsisMask"),
      call.number("newAxisMask"),
      call.number("shrinkAxisMask"),
    );
    if (info.isIdentity) return backend.alias(x, info.finalShape);
    const dense = slice_util.computeOutShape(info.begin, info.end, info.strides);
    if (countElements(dense) === 0) return backend.fill(x.dtype, info.finalShape, 0);
    const steps = dense.map((_, axis) => at(info.strides, axis));
    const starts = dense.map((_, axis) => at(info.begin, axis));
    // ONNX reads a negative end as counted from the back: what lies before the first element is a large negative one.
    const ends = dense.map((length, axis) => {
      const end = at(starts, axis) + length * at(steps, axis);
      return end < 0 ? -(2 ** 31) : end;
    });
    const request = {
      kernelName: "StridedSlice",
      key: `${starts.join()} ${ends.join()} ${steps.join()}`,
      inputs: [x],
      lower: one((graph, value) =>
        graph.node({
          opType: "Slice",
          inputs: [value],
          shape: dense,
          dtype: value.dtype,
          attributes: { starts, ends, axes: dense.map((_, axis) => axis), steps },
        }),
      ),
    };
    return backend.record(request, x.dtype, info.finalShape);
  },
};

export const indexingKernels: readonly Kernel[] = [
  gatherNd,
  gatherV2,
  oneHot,
  stridedSlice,
  unsortedSegmentSum,
];
