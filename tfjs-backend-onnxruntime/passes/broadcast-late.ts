import { broadcastShapes, equalShapes, type NodeValue, type Value } from "../graph/value.ts";
import { expand } from "../operators/shape.ts";
import { readUniform, type Rewrite } from "./rewrite.ts";

const elementwise = new Set(["Add", "Div", "Max", "Min", "Mul", "Pow", "Sub"]);

/**
 * Expand(a) op b -> a op b where b has the full shape already; Expand(a) op Expand(b) -> Expand(a op b); x times a
 * tensor of ones -> Expand(x); a repeated constant -> one element.
 *
 * The gradients that TF.js records for sums and means multiply by a tensor of ones of the input's shape, and go on with
 * the result at full size. All of that is a few numbers per channel: every such pass over the whole tensor vanishes,
 * because ONNX's operators broadcast by themselves.
 */
export const broadcastLate: Rewrite = (graph, node) => {
  if (!elementwise.has(node.opType)) return undefined;
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return undefined;
  if (node.opType === "Mul" && node.dtype === "float32") {
    if (readUniform(b) === 1) return expand(graph, a, node.shape);
    if (readUniform(a) === 1) return expand(graph, b, node.shape);
  }
  const smallA = shrink(a);
  const smallB = shrink(b);
  if (smallA === a && smallB === b) return undefined;
  const candidates = [
    [smallA, smallB],
    [smallA, b],
    [a, smallB],
  ] as const;
  const best = candidates.find(([left, right]) =>
    equalShapes(broadcastShapes(left.shape, right.shape), node.shape),
  );
  if (best !== undefined) return same(best[0], a) && same(best[1], b) ? undefined : combineAgain(best);
  const small = combineAgain([smallA, smallB]);
  return expand(graph, small, node.shape);

  function combineAgain([left, right]: readonly [Value, Value]): Value {
    const shape = broadcastShapes(left.shape, right.shape);
    const { opType, dtype } = node;
    return graph.node({ opType, inputs: [left, right], shape, dtype });
  }

  /** What a value was before it was repeated. */
  function shrink(value: Value): Value {
    const uniform = readUniform(value);
    if (uniform !== undefined) return graph.constant(value.dtype, [], [uniform]);
    return isExpand(value) ? (value.inputs[0] ?? value) : value;
  }
};

function isExpand(value: Value): value is NodeValue {
  return value.kind === "node" && value.opType === "Expand";
}

function same(a: Value, b: Value): boolean {
  return a.id === b.id;
}
