import type { Graph } from "../graph/graph.ts";
import type { NodeValue, Value } from "../graph/value.ts";
import { combine } from "../operators/elementwise.ts";
import { readUniform, type Rewrite } from "./rewrite.ts";

const compute: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Div: (a, b) => a / b,
  Mul: (a, b) => a * b,
  Sub: (a, b) => a - b,
};

/**
 * (x c1) c2 -> x (c1 c2); x / c -> x (1 / c); c1 op c2 -> c; Neg(x c) -> x (-c), for float constants.
 *
 * Derivatives come with their factors one by one: 2 of the square, 1 / N of the mean, the learning rate. Each would be a
 * pass over the tensor.
 */
export const foldScalars: Rewrite = (graph, node) => {
  if (node.dtype !== "float32") return undefined;
  const [a, b] = node.inputs;
  if (node.opType === "Neg") return a === undefined ? undefined : foldNegation(graph, a);
  const apply = compute[node.opType];
  if (apply === undefined || a === undefined || b === undefined) return undefined;
  const left = readUniform(a);
  const right = readUniform(b);
  if (left !== undefined && right !== undefined) {
    return graph.constant("float32", node.shape, [Math.fround(apply(left, right))]);
  }
  if (node.opType === "Div" && right !== undefined && Number.isFinite(Math.fround(1 / right))) {
    return combine(graph, "Mul", a, graph.constant("float32", b.shape, [Math.fround(1 / right)]));
  }
  if (node.opType !== "Mul") return undefined;
  // The constant second, so that there is one form.
  if (left !== undefined) return combine(graph, "Mul", b, a);
  return right === undefined ? undefined : foldFactor(graph, a, right);
};

function foldNegation(graph: Graph, x: Value): Value | undefined {
  const scaled = readScaled(x);
  return scaled === undefined ? undefined : scale(graph, scaled.x, -scaled.factor);
}

function foldFactor(graph: Graph, x: Value, factor: number): Value | undefined {
  const scaled = readScaled(x);
  return scaled === undefined ? undefined : scale(graph, scaled.x, Math.fround(scaled.factor * factor));
}

/** x as something times a scalar constant, without a change of shape. */
function readScaled(x: Value): { readonly x: Value; readonly factor: number } | undefined {
  if (!isProduct(x)) return undefined;
  const [source, constant] = x.inputs;
  const factor = readUniform(constant);
  if (source === undefined || factor === undefined || source.shape.length !== x.shape.length)
    return undefined;
  return source.shape.every((length, axis) => length === x.shape[axis]) ? { x: source, factor } : undefined;
}

function scale(graph: Graph, x: Value, factor: number): Value {
  return combine(graph, "Mul", x, graph.scalar(factor));
}

function isProduct(value: Value): value is NodeValue {
  return value.kind === "node" && value.opType === "Mul";
}
