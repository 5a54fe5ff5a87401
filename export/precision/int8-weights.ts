import { at } from "../../common/at.ts";
import type { Constant, Model, Node } from "../../onnx/graph.ts";

export type FloatConstant = Constant & { readonly data: Float32Array };

/** Weights as whole numbers -127..127 of a scale for each output channel (symmetric). */
interface Int8Weights {
  readonly quantised: Constant;
  readonly scale: FloatConstant;
  /** Axis of the output channels. */
  readonly axis: number;
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

export function isFloatConstant(constant: Constant): constant is FloatConstant {
  return constant.data instanceof Float32Array;
}

/** The axis of `weights` that the node which takes them gives its output's channels. */
export function findChannelAxis(model: Model, { name, dims }: Constant): number {
  const user = model.nodes.find(({ inputs }) => inputs.includes(name));
  const axis = user && channelAxes[user.opType];
  return axis ?? dims.length - 1;
}

export function quantiseWeights(constant: FloatConstant, axis: number): Int8Weights {
  const { name, data, dims } = constant;
  const channels = at(dims, axis);
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channelOf = (index: number): number => Math.floor(index / inner) % channels;
  const largest = new Float32Array(channels);
  // Over every number of the weight: `?? 0` and `?? 1` are never taken, and `at` would cost time.
  data.forEach((value, index) => {
    const channel = channelOf(index);
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(value));
  });
  const scales = largest.map((value) => (value > 0 ? value / 127 : 1));
  const quantised = Int8Array.from(data, (value, index) =>
    Math.round(value / (scales[channelOf(index)] ?? 1)),
  );
  return {
    axis,
    quantised: { ...constant, name: `${name}/int8`, elementType: "int8", data: quantised },
    scale: {
      name: `${name}/scale`,
      elementType: "float32",
      dims: [channels],
      data: scales,
      isParameter: false,
    },
  };
}

/** The node that turns stored integers back into the value called `output`. */
export function makeDequantize(output: string, inputs: readonly string[], axis?: number): Node {
  const attributes = new Map(
    axis === undefined ? [] : [["axis", { type: "int", value: axis } as const] as const],
  );
  return makeNode("DequantizeLinear", output, inputs, attributes);
}

export function makeNode(
  opType: string,
  output: string,
  inputs: readonly string[],
  attributes: Node["attributes"] = new Map(),
): Node {
  return { name: `${output}/${opType}`, opType, domain: "", inputs, outputs: [output], attributes };
}
