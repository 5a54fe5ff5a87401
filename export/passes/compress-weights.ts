import { elementTypes } from "../../onnx/element-types.ts";
import { toFloat16 } from "../../onnx/float16.ts";
import type { Constant, Model, Node } from "../../onnx/graph.ts";

export type Precision = "fp32" | "fp16" | "int8";

/** Smaller tensors (biases, normalisation) stay in float32: they hardly take room, and errors in them are seen. */
const smallestElements = 1024;

/**
 * Stores the large trained weights in fewer bytes; the network still computes in float32, so every runtime can run
 * it, also where float16 or int8 arithmetic is missing. `fp16`: each weight with 11 significant bits. `int8`: for
 * each output channel a scale, and weights rounded to -127..127 of it (symmetric).
 */
export function compressWeights(model: Model, precision: Precision): Model {
  if (precision === "fp32") return model;
  const compress = precision === "fp16" ? storeAsFloat16 : storeAsInt8;
  const constants: Constant[] = [];
  const nodes: Node[] = [];
  for (const constant of model.constants) {
    const { data, isParameter, dims } = constant;
    if (
      !isParameter ||
      !(data instanceof Float32Array) ||
      data.length < smallestElements ||
      dims.length < 2
    ) {
      constants.push(constant);
      continue;
    }
    const stored = compress({ ...constant, data }, findChannelAxis(model, constant));
    constants.push(...stored.constants);
    nodes.push(stored.node);
  }
  return { ...model, constants, nodes: [...nodes, ...model.nodes] };
}

type FloatConstant = Constant & { readonly data: Float32Array };

interface Stored {
  readonly constants: Constant[];
  readonly node: Node;
}

/** Axis of the output channels, where it is not the last. */
const channelAxes: Readonly<Record<string, number>> = {
  Conv: 0,
  Gather: 0,
  ConvTranspose: 1,
  LSTM: 1,
  GRU: 1,
  RNN: 1,
};

function findChannelAxis(model: Model, { name, dims }: Constant): number {
  const user = model.nodes.find(({ inputs }) => inputs.includes(name));
  return channelAxes[user?.opType ?? ""] ?? dims.length - 1;
}

function storeAsFloat16(constant: FloatConstant): Stored {
  const half: Constant = {
    ...constant,
    ...{ name: `${constant.name}/fp16`, elementType: "float16", data: toFloat16(constant.data) },
  };
  const to = { type: "int", value: elementTypes.float32.code } as const;
  return { constants: [half], node: makeNode(constant.name, "Cast", [half.name], new Map([["to", to]])) };
}

function storeAsInt8(constant: FloatConstant, axis: number): Stored {
  const { name, data, dims } = constant;
  const channels = dims[axis] ?? 1;
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channelOf = (index: number): number => Math.floor(index / inner) % channels;
  const largest = new Float32Array(channels);
  data.forEach((value, index) => {
    const channel = channelOf(index);
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(value));
  });
  const scales = largest.map((value) => (value > 0 ? value / 127 : 1));
  const quantised = Int8Array.from(data, (value, index) =>
    Math.round(value / (scales[channelOf(index)] ?? 1)),
  );
  const stored: Constant = { ...constant, name: `${name}/int8`, elementType: "int8", data: quantised };
  const scale: Constant = {
    ...{ name: `${name}/scale`, elementType: "float32", dims: [channels] },
    ...{ data: scales, isParameter: false },
  };
  const inputs = [stored.name, scale.name];
  const attributes = new Map([["axis", { type: "int", value: axis } as const]]);
  return { constants: [stored, scale], node: makeNode(name, "DequantizeLinear", inputs, attributes) };
}

function makeNode(output: string, opType: string, inputs: string[], attributes: Node["attributes"]): Node {
  return { name: `${output}/${opType}`, opType, domain: "", inputs, outputs: [output], attributes };
}
