import { float } from "../../onnx/attributes.ts";
import type { Graph } from "../graph/graph.ts";
import { broadcastShapes, type Value } from "../graph/value.ts";
import { at } from "../../common/at.ts";

export interface MatrixOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Factor on the product. */
  readonly alpha?: number;
}

/**
 * Product of the last two axes of float values of rank 2 or more; leading axes broadcast. A transposed operand goes
 * into the product itself (ONNX Runtime's FusedMatMul), not through a transposed copy.
 */
export function multiplyMatrices(
  graph: Graph,
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false, alpha = 1 }: MatrixOptions = {},
): Value {
  const rows = at(a.shape, transposeA ? -1 : -2);
  const columns = at(b.shape, transposeB ? -2 : -1);
  const shape = [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  const parts = { inputs: [a, b], shape, dtype: a.dtype };
  if (!transposeA && !transposeB && alpha === 1) return graph.node({ ...parts, opType: "MatMul" });
  const attributes = { transA: Number(transposeA), transB: Number(transposeB), alpha: float(alpha) };
  return graph.node({ ...parts, opType: "FusedMatMul", domain: "com.microsoft", attributes });
}
