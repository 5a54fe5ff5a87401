import { at } from "../../../common/at.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { combine } from "../../operators/elementwise.ts";
import { pad, reverse, slice } from "../../operators/shape.ts";
import { one } from "../../recording/lower.ts";
import type { Kernel } from "../kernel.ts";

type Accumulate = (graph: Graph, x: Value, axis: number, exclusive: boolean) => Value;

function makeCumulative(kernelName: string, accumulate: Accumulate): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const x = call.input("x");
      const axis = call.axis("axis", x.shape);
      const exclusive = call.flag("exclusive");
      const reversed = call.flag("reverse");
      const flip = (graph: Graph, value: Value) => (reversed ? reverse(graph, value, [axis]) : value);
      const request = {
        kernelName,
        key: `${axis} ${exclusive} ${reversed}`,
        inputs: [x],
        lower: one((graph, value) => flip(graph, accumulate(graph, flip(graph, value), axis, exclusive))),
      };
      return backend.record(request, x.dtype === "bool" ? "int32" : x.dtype, x.shape);
    },
  };
}

const cumulativeSum: Accumulate = (graph, x, axis, exclusive) => {
  const inputs = [x, graph.constant("int64", [], [axis])];
  const attributes = { exclusive: Number(exclusive) };
  return graph.node({ opType: "CumSum", inputs, shape: x.shape, dtype: x.dtype, attributes });
};

/** ONNX has no running product: doubling shifts (Hillis and Steele 1986), log2(length) multiplications. */
const cumulativeProduct: Accumulate = (graph, x, axis, exclusive) => {
  const length = at(x.shape, axis);
  const shift = (value: Value, distance: number) => {
    const zeros = x.shape.map(() => 0);
    const kept = slice(graph, value, [{ axis, start: 0, end: Math.max(0, length - distance) }]);
    return pad(graph, kept, zeros.with(axis, Math.min(distance, length)), zeros, { value: 1 });
  };
  let product = exclusive ? shift(x, 1) : x;
  for (let distance = 1; distance < length; distance *= 2) {
    product = combine(graph, "Mul", product, shift(product, distance));
  }
  return product;
};

export const cumulativeKernels: readonly Kernel[] = [
  makeCumulative("Cumprod", cumulativeProduct),
  makeCumulative("Cumsum", cumulativeSum),
];
