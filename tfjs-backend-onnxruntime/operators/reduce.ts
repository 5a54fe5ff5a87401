import { at } from "../../common/at.ts";
import type { Graph } from "../graph/graph.ts";
import { countElements, type Shape, type Value, type ValueType } from "../graph/value.ts";
import { alike, combine } from "./elementwise.ts";
import { reshape } from "./shape.ts";

/** `shape` with the given axes at length 1. */
export function keepAxes(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** A reduction, e.g. ReduceMax; the axes stay with length 1. */
export function reduce(graph: Graph, opType: string, x: Value, axes: readonly number[]): Value {
  const reduced = axes.filter((axis) => x.shape[axis] !== 1).toSorted((a, b) => a - b);
  if (reduced.length === 0) return reshape(graph, x, keepAxes(x.shape, axes));
  const attributes = { axes: reduced, keepdims: 1 };
  return graph.node({ opType, inputs: [x], shape: keepAxes(x.shape, axes), dtype: x.dtype, attributes });
}

/** The mean as a scaled sum, so that one rewrite serves both. Of no elements: NaN. */
export function reduceMean(graph: Graph, x: Value, axes: readonly number[]): Value {
  const count = countElements(axes.map((axis) => at(x.shape, axis)));
  return combine(graph, "Mul", reduce(graph, "ReduceSum", x, axes), alike(graph, x, 1 / count));
}

/** Position of the largest (ArgMax) or smallest (ArgMin) element, the first if several are; the axis is dropped. */
export function findExtreme(graph: Graph, opType: "ArgMax" | "ArgMin", x: Value, axis: number): Value {
  const shape = x.shape.filter((_, index) => index !== axis);
  const dtype: ValueType = "int64";
  return graph.node({ opType, inputs: [x], shape, dtype, attributes: { axis, keepdims: 0 } });
}
