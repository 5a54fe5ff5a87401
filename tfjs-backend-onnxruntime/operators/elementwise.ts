import { type Attribute } from "../../onnx/attributes.ts";
import { elementTypes } from "../../onnx/element-types.ts";
import type { Graph } from "../graph/graph.ts";
import { broadcastShapes, type Value, type ValueType } from "../graph/value.ts";

/** An operator that maps each element by itself, e.g. Exp. */
export function mapElements(
  graph: Graph,
  opType: string,
  x: Value,
  attributes: Readonly<Record<string, Attribute>> = {},
): Value {
  return graph.node({ opType, inputs: [x], shape: x.shape, dtype: x.dtype, attributes });
}

/** An operator on two values that broadcast to each other, e.g. Add; the result has `a`'s type unless given. */
export function combine(graph: Graph, opType: string, a: Value, b: Value, dtype: ValueType = a.dtype): Value {
  return graph.node({ opType, inputs: [a, b], shape: broadcastShapes(a.shape, b.shape), dtype });
}

/** A comparison, e.g. Greater: bool. */
export function compare(graph: Graph, opType: string, a: Value, b: Value): Value {
  return combine(graph, opType, a, b, "bool");
}

/** Which elements of float values are NaN: bool. */
export function findNans(graph: Graph, x: Value): Value {
  return graph.node({ opType: "IsNaN", inputs: [x], shape: x.shape, dtype: "bool" });
}

/** Any number of values that broadcast to each other, e.g. Sum. */
export function combineAll(graph: Graph, opType: string, values: readonly Value[]): Value {
  const [first, ...others] = values;
  if (first === undefined) throw new RangeError(`${opType}: expected at least one value, got none`);
  if (others.length === 0) return first;
  return graph.node({
    opType,
    inputs: values,
    shape: broadcastShapes(...values.map((value) => value.shape)),
    dtype: first.dtype,
  });
}

export function cast(graph: Graph, x: Value, dtype: ValueType): Value {
  if (x.dtype === dtype) return x;
  return graph.node({
    opType: "Cast",
    inputs: [x],
    shape: x.shape,
    dtype,
    attributes: { to: elementTypes[dtype].code },
  });
}

/** A constant of `x`'s type that broadcasts to it. */
export function alike(graph: Graph, x: Value, value: number): Value {
  return graph.scalar(value, x.dtype);
}

/** `condition` ? a : b, exactly; masks on finite values are faster as Mul with a cast condition. */
export function select(graph: Graph, condition: Value, a: Value, b: Value): Value {
  return graph.node({
    opType: "Where",
    inputs: [condition, a, b],
    shape: broadcastShapes(condition.shape, a.shape, b.shape),
    dtype: a.dtype,
  });
}

export function clip(graph: Graph, x: Value, low: number, high: number): Value {
  const inputs = [x, alike(graph, x, low), alike(graph, x, high)];
  return graph.node({ opType: "Clip", inputs, shape: x.shape, dtype: x.dtype });
}
