import { at } from "../../common/at.ts";
import type { Graph } from "../graph/graph.ts";
import { countElements, equalShapes, type Shape, type Value } from "../graph/value.ts";

export function reshape(graph: Graph, x: Value, shape: Shape): Value {
  if (equalShapes(x.shape, shape)) return x;
  if (countElements(x.shape) !== countElements(shape)) {
    throw new RangeError(`reshape: expected as many elements as [${x.shape.join()}], got [${shape.join()}]`);
  }
  if (x.kind === "constant") return graph.constant(x.dtype, shape, x.elements);
  // A chain of reshapes is its last one.
  const source = x.kind === "node" && x.opType === "Reshape" ? x.inputs[0] : undefined;
  if (source !== undefined) return reshape(graph, source, shape);
  // allowzero: a length of 0 means 0 and not "as in the input".
  const attributes = shape.includes(0) ? { shape, allowzero: 1 } : { shape };
  return graph.node({ opType: "Reshape", inputs: [x], shape, dtype: x.dtype, attributes });
}

export function transpose(graph: Graph, x: Value, perm: readonly number[]): Value {
  if (perm.every((axis, index) => axis === index)) return x;
  const shape = perm.map((axis) => at(x.shape, axis));
  const moving = (axes: readonly number[]) => axes.filter((axis) => x.shape[axis] !== 1);
  // Moving only axes of length 1 moves no element.
  if (moving(perm).every((axis, index) => axis === moving(perm.toSorted((a, b) => a - b))[index])) {
    return reshape(graph, x, shape);
  }
  return graph.node({ opType: "Transpose", inputs: [x], shape, dtype: x.dtype, attributes: { perm } });
}

export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly step?: number;
}

/** Takes a range of one or more axes; 0 <= start <= end <= length. A range that takes all is left out. */
export function slice(graph: Graph, x: Value, ranges: readonly AxisRange[]): Value {
  const taken = ranges.filter(
    ({ axis, start, end, step = 1 }) => start !== 0 || end !== x.shape[axis] || step !== 1,
  );
  if (taken.length === 0) return x;
  const shape = [...x.shape];
  for (const { axis, start, end, step = 1 } of taken)
    shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  const attributes = {
    starts: taken.map((range) => range.start),
    ends: taken.map((range) => range.end),
    axes: taken.map((range) => range.axis),
    steps: taken.map((range) => range.step ?? 1),
  };
  return graph.node({ opType: "Slice", inputs: [x], shape, dtype: x.dtype, attributes });
}

/** The elements of the given axes in reverse order. */
export function reverse(graph: Graph, x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  const attributes = {
    starts: axes.map(() => -1),
    ends: axes.map((axis) => -1 - at(x.shape, axis)),
    axes: [...axes],
    steps: axes.map(() => -1),
  };
  return graph.node({ opType: "Slice", inputs: [x], shape: x.shape, dtype: x.dtype, attributes });
}

export interface PadOptions {
  /** Default 0. */
  readonly value?: number;
  readonly mode?: "constant" | "reflect" | "edge";
}

/** @param before elements to put before each axis; `after`: after it. Never negative */
export function pad(
  graph: Graph,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  { value = 0, mode = "constant" }: PadOptions = {},
): Value {
  const pads = [...before, ...after];
  if (pads.every((count) => count === 0)) return x;
  const shape = x.shape.map((length, axis) => length + at(before, axis) + at(after, axis));
  const attributes = mode === "constant" ? { pads } : { pads, mode };
  const inputs = value === 0 ? [x] : [x, graph.scalar(value, x.dtype)];
  return graph.node({ opType: "Pad", inputs, shape, dtype: x.dtype, attributes });
}

/** Slices of one axis, in the order and shape of the indices; none may lie outside. ONNX Runtime shares it over threads. */
export function gather(graph: Graph, x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return graph.node({ opType: "Gather", inputs: [x, indices], shape, dtype: x.dtype, attributes: { axis } });
}

export function concat(graph: Graph, values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first === undefined) throw new RangeError("concat: expected at least one value, got none");
  if (values.length === 1) return first;
  const shape = [...first.shape];
  shape[axis] = values.reduce((sum, value) => sum + at(value.shape, axis), 0);
  return graph.node({ opType: "Concat", inputs: values, shape, dtype: first.dtype, attributes: { axis } });
}

/** Repeats axes of length 1, or new leading ones. */
export function expand(graph: Graph, x: Value, shape: Shape): Value {
  if (equalShapes(x.shape, shape)) return x;
  const [first] = x.kind === "constant" && x.elements.length === 1 ? x.elements : [];
  if (first !== undefined) return graph.constant(x.dtype, shape, [first]);
  return graph.node({ opType: "Expand", inputs: [x], shape, dtype: x.dtype, attributes: { shape } });
}

export function tile(graph: Graph, x: Value, repeats: readonly number[]): Value {
  if (repeats.every((count) => count === 1)) return x;
  const shape = x.shape.map((length, axis) => length * at(repeats, axis));
  // Only axes of length 1 repeat: Expand, which the rewrites know how to make vanish.
  if (x.shape.every((length, axis) => length === 1 || repeats[axis] === 1)) return expand(graph, x, shape);
  return graph.node({ opType: "Tile", inputs: [x], shape, dtype: x.dtype, attributes: { repeats } });
}
