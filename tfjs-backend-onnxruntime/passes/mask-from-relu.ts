import { readUniform, type Rewrite } from "./rewrite.ts";

/**
 * x > 0, where Relu(x) is in the graph already -> Relu(x) > 0.
 *
 * ReLU's gradient asks for the sign of its input, which nothing else needs after the forward pass. Asked of the output,
 * the input's memory is free at once, and ONNX Runtime computes the activation in place, or inside the product before it.
 */
export const maskFromRelu: Rewrite = (graph, node) => {
  if (node.opType !== "Greater" || readUniform(node.inputs[1]) !== 0) return undefined;
  const [x] = node.inputs;
  if (x === undefined || (x.kind === "node" && x.opType === "Relu")) return undefined;
  const relu = graph.find({ opType: "Relu", inputs: [x], shape: x.shape, dtype: x.dtype });
  return relu === undefined ? undefined : graph.node({ ...node, inputs: [relu, ...node.inputs.slice(1)] });
};
