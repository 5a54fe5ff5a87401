import { at } from "../../common/at.ts";
import { elementTypes } from "../../onnx/element-types.ts";
import type { Constant, Model, Node } from "../../onnx/graph.ts";
import { makeNode, quantiseWeights } from "./int8-weights.ts";
import { findQuantisedNodes, type QuantisedNode } from "./quantised-nodes.ts";

/**
 * Dynamic int8: each Conv, Gemm and MatMul rounds what it takes to bytes by the range that it has just then
 * (DynamicQuantizeLinear), multiplies integers, and scales the sums back. Needs no training clips.
 * @param floatNodes names of nodes that stay in float32
 */
export function quantiseDynamically(model: Model, floatNodes: readonly string[] = []): Model {
  const chosen = findQuantisedNodes(model).filter(({ node }) => !floatNodes.includes(node.name));
  const byName = new Map(chosen.map((quantised) => [quantised.node.name, quantised]));
  const dropped = new Set(chosen.map(({ kernel }) => kernel.name));
  const rounded = new Set<string>();
  const constants: Constant[] = [];
  const nodes = model.nodes.flatMap((node): Node[] => {
    const quantised = byName.get(node.name);
    if (quantised === undefined) return [node];
    const x = at(node.inputs, 0);
    const integers = multiplyIntegers(quantised, constants);
    const isKnown = rounded.has(x);
    rounded.add(x);
    return isKnown ? integers : [roundToBytes(x), ...integers];
  });
  const kept = model.constants.filter(({ name }) => !dropped.has(name));
  return { ...model, nodes, constants: [...kept, ...constants].map((one) => broadcastBias(one, chosen)) };
}

function roundToBytes(x: string): Node {
  const node = makeNode("DynamicQuantizeLinear", `${x}/bytes`, [x]);
  return { ...node, outputs: [`${x}/bytes`, `${x}/scale`, `${x}/zero_point`] };
}

function multiplyIntegers({ node, kernel, bias }: QuantisedNode, constants: Constant[]): Node[] {
  const x = at(node.inputs, 0);
  const y = at(node.outputs, 0);
  const isConv = node.opType === "Conv";
  const weights = quantiseWeights(kernel, isConv ? 0 : 1);
  const dims = isConv ? alongChannels(kernel.dims) : weights.scale.dims;
  constants.push(weights.quantised, { ...weights.scale, dims });
  const to = { type: "int", value: elementTypes.float32.code } as const;
  const inputs = [`${x}/bytes`, weights.quantised.name, `${x}/zero_point`];
  const integers = makeNode(
    isConv ? "ConvInteger" : "MatMulInteger",
    `${y}/int32`,
    inputs,
    isConv ? node.attributes : new Map(),
  );
  const scaled = bias === undefined ? y : `${y}/scaled`;
  return [
    integers,
    makeNode("Cast", `${y}/sums`, [`${y}/int32`], new Map([["to", to]])),
    makeNode("Mul", `${y}/factor`, [`${x}/scale`, weights.scale.name]),
    makeNode("Mul", scaled, [`${y}/sums`, `${y}/factor`]),
    ...(bias === undefined ? [] : [makeNode("Add", y, [scaled, bias.name])]),
  ];
}

/** A convolution's bias, as what is added to channels at axis 1. */
function broadcastBias(constant: Constant, chosen: readonly QuantisedNode[]): Constant {
  const owner = chosen.find(({ node, bias }) => node.opType === "Conv" && bias?.name === constant.name);
  return owner === undefined ? constant : { ...constant, dims: alongChannels(owner.kernel.dims) };
}

function alongChannels(kernelDims: readonly number[]): number[] {
  return [at(kernelDims, 0), ...kernelDims.slice(2).map(() => 1)];
}
