import { float } from "../../onnx/attributes.ts";
import type { Graph } from "../graph/graph.ts";
import { broadcastShapes, type Value } from "../graph/value.ts";

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
  const [rows] = transposeA ? a.shape.slice(-1) : a.shape.slice(-2);
  const [columns] = transposeB ? b.shape.slice(-2) : b.shape.slice(-1);
  const shape = [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows ?? 1, columns ?? 1];
  const parts = { inputs: [a, b], shape, dtype: a.dtype };
  if (!transposeA && !transposeB && alpha === 1) return graph.node({ ...parts, opType: "MatMul" });
  const attributes = { transA: Number(transposeA), transB: Number(transposeB), alpha: float(alpha) };
  return graph.node({ ...parts, opType: "FusedMatMul", domain: "com.microsoft", attributes });
}
