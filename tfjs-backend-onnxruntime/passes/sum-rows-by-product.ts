import { countElements } from "../graph/value.ts";
import { multiplyMatrices } from "../operators/matrix.ts";
import { reshape } from "../operators/shape.ts";
import type { Rewrite } from "./rewrite.ts";

/** Below this many rows the plain reduction is as good. */
const minRows = 16;

/**
 * ReduceSum over the leading axes of a float tensor -> [1, rows] ones x [rows, columns].
 *
 * Channel means and bias gradients are such sums. As a product they run at the speed of reading the data once (measured
 * 0.045 ms instead of 0.069 ms for [3424, 128] on one core), and sums over [batch, frames] and over flattened rows
 * become the same node, so that one of them goes.
 */
export const sumRowsByProduct: Rewrite = (graph, node) => {
  if (node.opType !== "ReduceSum" || node.dtype !== "float32") return undefined;
  const [x] = node.inputs;
  if (x === undefined) return undefined;
  const { axes } = node.attributes;
  if (!Array.isArray(axes)) return undefined;
  // Axes of length 1 are free to belong to either side.
  const leading = x.shape.findLastIndex((length, axis) => axes.includes(axis) && length > 1) + 1;
  const isLeading = x.shape.every((length, axis) => length === 1 || axis >= leading || axes.includes(axis));
  const rows = countElements(x.shape.slice(0, leading));
  const columns = countElements(x.shape.slice(leading));
  if (!isLeading || rows < minRows || columns < 2) return undefined;
  const ones = graph.constant("float32", [1, rows], [1]);
  return reshape(graph, multiplyMatrices(graph, ones, reshape(graph, x, [rows, columns])), node.shape);
};
