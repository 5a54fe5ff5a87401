import { elementTypes } from "../../onnx/element-types.ts";
import { toFloat16 } from "../../onnx/float16.ts";
import type { Constant, Model, Node } from "../../onnx/graph.ts";
import {
  findChannelAxis,
  type FloatConstant,
  isFloatConstant,
  makeDequantize,
  makeNode,
  quantiseWeights,
} from "./int8-weights.ts";

/** Smaller tensors (biases, normalisation) stay in float32: they hardly take room, and errors in them are seen. */
const minElements = 1024;

/**
 * Stores the large trained weights in fewer bytes; the network still computes in float32, so every runtime can run
 * it, also where float16 or int8 arithmetic is missing. `fp16`: each weight with 11 significant bits. `int8`: for
 * each output channel a scale, and weights rounded to -127..127 of it (symmetric).
 */
export function compressWeights(model: Model, format: "fp16" | "int8"): Model {
  const compress = format === "fp16" ? storeAsFloat16 : storeAsInt8;
  const constants: Constant[] = [];
  const nodes: Node[] = [];
  for (const constant of model.constants) {
    if (!isLargeWeight(constant)) {
      constants.push(constant);
      continue;
    }
    const stored = compress(constant, findChannelAxis(model, constant));
    constants.push(...stored.constants);
    nodes.push(stored.node);
  }
  return { ...model, constants, nodes: [...nodes, ...model.nodes] };
}

function isLargeWeight(constant: Constant): constant is FloatConstant {
  const { isParameter, data, dims } = constant;
  return isParameter && isFloatConstant(constant) && data.length >= minElements && dims.length >= 2;
}

interface Stored {
  readonly constants: Constant[];
  readonly node: Node;
}

function storeAsFloat16(constant: FloatConstant): Stored {
  const half: Constant = {
    ...constant,
    name: `${constant.name}/fp16`,
    elementType: "float16",
    data: toFloat16(constant.data),
  };
  const to = { type: "int", value: elementTypes.float32.code } as const;
  return { constants: [half], node: makeNode("Cast", constant.name, [half.name], new Map([["to", to]])) };
}

function storeAsInt8(constant: FloatConstant, axis: number): Stored {
  const { quantised, scale } = quantiseWeights(constant, axis);
  return {
    constants: [quantised, scale],
    node: makeDequantize(constant.name, [quantised.name, scale.name], axis),
  };
}
