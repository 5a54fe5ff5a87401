import type { Value } from "../../graph/value.ts";
import { cast } from "../../operators/elementwise.ts";
import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

/** The k largest along the last axis, largest first; of equals the first. */
const topK: Kernel = {
  kernelName: "TopK",
  record(backend, call) {
    const x = call.input("x");
    const k = call.number("k");
    const shape = x.shape.with(-1, k);
    const request = {
      kernelName: "TopK",
      key: String(k),
      inputs: [x],
      lower: one((graph, value): Value[] => {
        const parts = {
          opType: "TopK",
          inputs: [value],
          shape,
          attributes: { k, axis: -1, largest: 1, sorted: 1 },
          outputCount: 2,
        };
        const values = graph.node({ ...parts, dtype: value.dtype, output: 0 });
        const indices = graph.node({ ...parts, dtype: "int64", output: 1 });
        return [values, cast(graph, indices, "int32")];
      }),
    };
    return backend.recordAll(request, [
      { dtype: x.dtype, shape },
      { dtype: "int32", shape },
    ]);
  },
};

export const sortingKernels: readonly Kernel[] = [topK];
