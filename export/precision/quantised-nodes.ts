import { at } from "../../common/at.ts";
import type { Model, Node } from "../../onnx/graph.ts";
import { type FloatConstant, isFloatConstant } from "./int8-weights.ts";

/** A node that multiplies by a trained matrix: where int8 arithmetic pays. */
export interface QuantisedNode {
  readonly node: Node;
  readonly kernel: FloatConstant;
  readonly bias: FloatConstant | undefined;
}

/** Every Conv, Gemm and MatMul with a trained float32 matrix that no other node shares, in the graph's order. */
export function findQuantisedNodes(model: Model): QuantisedNode[] {
  const constants = new Map(model.constants.map((constant) => [constant.name, constant]));
  const isUsedOnce = (name: string): boolean =>
    model.nodes.filter(({ inputs }) => inputs.includes(name)).length === 1;
  return model.nodes.flatMap((node): QuantisedNode[] => {
    if (!["Conv", "Gemm", "MatMul"].includes(node.opType)) return [];
    const kernelName = at(node.inputs, 1);
    const biasName = node.inputs[2];
    const kernel = constants.get(kernelName);
    const bias = biasName === undefined ? undefined : constants.get(biasName);
    if (kernel?.isParameter !== true) return [];
    if (!isFloatConstant(kernel) || !isUsedOnce(kernelName)) return [];
    if (node.opType === "Gemm" && node.attributes.size > 0) return []; // transposed or scaled
    if (node.opType === "MatMul" && kernel.dims.length !== 2) return [];
    if (biasName !== undefined && (bias === undefined || !isFloatConstant(bias) || !isUsedOnce(biasName)))
      return [];
    return [{ node, kernel, bias: bias !== undefined && isFloatConstant(bias) ? bias : undefined }];
  });
}

/** The first and the last of them: the layers that low precision hurts most. */
export function nameEdges(model: Model): string[] {
  const names = findQuantisedNodes(model).map(({ node }) => node.name);
  return [...new Set([...names.slice(0, 1), ...names.slice(-1)])];
}
