import { at } from "../../common/at.ts";
import type { Constant, Model, Node } from "../../onnx/graph.ts";
import { indexModel, type ModelIndex } from "./rewrite.ts";

/** Operators that take a factor per output channel into their weights: the weights' channel axis, -1 for the last. */
const channelAxes: Readonly<Record<string, number>> = { Conv: 0, ConvTranspose: 1, Gemm: -1, MatMul: -1 };

/**
 * Folds a Mul or Add of one constant per channel (batch normalisation, most of all) into the convolution or Dense
 * before it. Only where nobody else takes the value between or shares the weights.
 */
export function foldAffine(model: Model): Model {
  let current = model;
  for (const node of model.nodes) {
    if (node.opType === "Mul" || node.opType === "Add") current = foldNode(current, node.name) ?? current;
  }
  return current;
}

function foldNode(model: Model, nodeName: string): Model | undefined {
  const index = indexModel(model);
  const affine = model.nodes.find(({ name }) => name === nodeName);
  if (affine === undefined) return undefined;
  const [left, right] = [at(affine.inputs, 0), at(affine.inputs, 1)];
  const operand = index.constants.get(right) ?? index.constants.get(left);
  const value = operand?.name === right ? left : right;
  const target = index.producers.get(value);
  if (operand === undefined || target === undefined) return undefined;
  const weights = findFoldableWeights(index, target, value);
  if (weights === undefined) return undefined;
  const factors = readPerChannel(operand, target, weights);
  if (factors === undefined) return undefined;
  if (affine.opType === "Add") return addToBias(model, target, affine, weights, factors);
  return scaleWeights(model, target, affine, weights, factors);
}

type FloatConstant = Constant & { readonly data: Float32Array };

interface Weights {
  readonly kernel: FloatConstant;
  readonly bias: FloatConstant | undefined;
  readonly channels: number;
  readonly axis: number;
}

function findFoldableWeights(index: ModelIndex, target: Node, value: string): Weights | undefined {
  const axis = channelAxes[target.opType];
  if (axis === undefined || target.domain !== "") return undefined;
  const kernel = index.constants.get(at(target.inputs, 1));
  if (kernel === undefined) return undefined;
  const group = target.attributes.get("group");
  if (target.opType === "ConvTranspose" && group !== undefined) return undefined;
  if (index.countUses(value) !== 1 || index.countUses(kernel.name) !== 1) return undefined;
  const biasName = target.inputs[2];
  const bias = biasName === undefined ? undefined : index.constants.get(biasName);
  if (biasName !== undefined && (bias === undefined || index.countUses(biasName) !== 1)) return undefined;
  const place = axis < 0 ? axis + kernel.dims.length : axis;
  const channels = kernel.dims[place];
  if (channels === undefined || !isFloat(kernel)) return undefined;
  if (bias !== undefined && !isFloat(bias)) return undefined;
  return { kernel, bias, channels, axis: place };
}

/** The constant's value for each channel, when it differs along the channels only. */
function readPerChannel(
  operand: Constant,
  target: Node,
  { kernel, channels }: Weights,
): number[] | undefined {
  if (!isFloat(operand)) return undefined;
  const isSpatial = target.opType === "Conv" || target.opType === "ConvTranspose";
  const fromRight = isSpatial ? kernel.dims.length - 1 : 1;
  // More axes than the output, or any but the channels', would broadcast to something that is no bias.
  const isVector = operand.dims.every(
    (size, axis) => size === 1 || (operand.dims.length - axis === fromRight && size === channels),
  );
  const outputRank = isSpatial ? kernel.dims.length : 2;
  if (!isVector || operand.dims.length > outputRank) return undefined;
  const values = [...operand.data];
  return values.length === channels ? values : Array.from({ length: channels }, () => at(values, 0));
}

function addToBias(
  model: Model,
  target: Node,
  affine: Node,
  weights: Weights,
  shifts: readonly number[],
): Model | undefined {
  if (target.opType === "MatMul") return undefined; // it has no bias
  const bias = makeBias(weights, (value, channel) => value + at(shifts, channel));
  return replace(model, target, affine, [bias], [at(target.inputs, 0), weights.kernel.name, bias.name]);
}

function scaleWeights(
  model: Model,
  target: Node,
  affine: Node,
  weights: Weights,
  factors: readonly number[],
): Model {
  const { kernel, axis } = weights;
  const inner = kernel.dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const changed: Constant[] = [{ ...kernel, data: scaleChannels(kernel.data, factors, inner) }];
  const inputs = [at(target.inputs, 0), kernel.name];
  if (weights.bias !== undefined) {
    const bias = makeBias(weights, (value, channel) => value * at(factors, channel));
    changed.push(bias);
    inputs.push(bias.name);
  }
  return replace(model, target, affine, changed, inputs);
}

/** Runs of `inner` numbers, of one channel after another, times the channel's factor. */
function scaleChannels(data: Float32Array, factors: readonly number[], inner: number): Float32Array {
  const scaled = new Float32Array(data.length);
  for (let start = 0, run = 0; start < data.length; start += inner, run++) {
    const factor = at(factors, run % factors.length);
    // Over every number of the network: `?? 0` is never taken, and a call for each would be most of the export's time.
    for (let index = start; index < start + inner; index++) scaled[index] = (data[index] ?? 0) * factor;
  }
  return scaled;
}

function makeBias(
  { bias, channels, kernel }: Weights,
  change: (value: number, channel: number) => number,
): Constant {
  const old = bias?.data ?? new Float32Array(channels);
  const data = Float32Array.from(old, (value, channel) => change(value, channel % channels));
  const name = bias?.name ?? `${kernel.name.replace(/\/kernel$/, "")}/bias`;
  return { name, elementType: "float32", dims: [channels], data, isParameter: true };
}

/** The target takes over the affine node's output; constants of a known name are replaced, others added. */
function replace(
  model: Model,
  target: Node,
  affine: Node,
  changed: readonly Constant[],
  inputs: readonly string[],
): Model {
  const byName = new Map(changed.map((constant) => [constant.name, constant]));
  const kept = model.constants.map((constant) => {
    const replacement = byName.get(constant.name) ?? constant;
    byName.delete(constant.name);
    return replacement;
  });
  return {
    ...model,
    constants: [...kept, ...byName.values()],
    nodes: model.nodes
      .filter((node) => node !== affine)
      .map((node) => (node === target ? { ...target, inputs, outputs: affine.outputs } : node)),
  };
}

function isFloat(constant: Constant): constant is FloatConstant {
  return constant.data instanceof Float32Array;
}
