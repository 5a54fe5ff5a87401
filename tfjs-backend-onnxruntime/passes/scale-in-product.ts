import { float } from "../../onnx/attributes.ts";
import type { Value } from "../graph/value.ts";
import { readUniform, type Rewrite } from "./rewrite.ts";

/**
 * MatMul(a, b) times a scalar -> FusedMatMul with alpha.
 *
 * The scale of attention's scores, and of means that became products, costs nothing inside the product.
 */
export const scaleInProduct: Rewrite = (graph, node) => {
  if (node.opType !== "Mul" || node.dtype !== "float32") return undefined;
  const [product, constant] = node.inputs;
  const factor = readUniform(constant);
  if (product === undefined || factor === undefined || !isPlainProduct(product)) return undefined;
  const { alpha = float(1) } = product.attributes;
  if (product.shape.length !== node.shape.length || typeof alpha !== "object" || !("type" in alpha))
    return undefined;
  const before = alpha.type === "float" ? alpha.value : 1;
  return graph.node({
    opType: "FusedMatMul",
    domain: "com.microsoft",
    inputs: product.inputs,
    shape: product.shape,
    dtype: product.dtype,
    attributes: { transA: 0, transB: 0, ...product.attributes, alpha: float(Math.fround(before * factor)) },
  });
};

function isPlainProduct(value: Value): value is Extract<Value, { kind: "node" }> {
  return value.kind === "node" && (value.opType === "MatMul" || value.opType === "FusedMatMul");
}
