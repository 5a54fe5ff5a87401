import { at } from "../../common/at.ts";
import type { Constant, Model, Node } from "../../onnx/graph.ts";
import { makeDequantize, makeNode, quantiseWeights } from "./int8-weights.ts";
import { findQuantisedNodes, type QuantisedNode } from "./quantised-nodes.ts";

/** Smallest and largest number that a value took on the training clips. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** What 8 bits mean for a value: number = scale (byte - zeroPoint). */
interface ByteScale {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Operators whose outputs are a choice of their inputs, so that bytes go through them as they are. */
const carriers = ["MaxPool", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze"];

/** Values whose ranges `quantiseStatically` needs: what quantised nodes take, and what convolutions give. */
export function listCalibratedValues(model: Model): string[] {
  const names = findQuantisedNodes(model).flatMap(({ node }) => [
    at(node.inputs, 0),
    ...(node.opType === "Conv" ? [findTail(model, node)] : []),
  ]);
  return [...new Set(names)];
}

/**
 * Static int8 as runtimes recognise it (QDQ): before and after each Conv, and before each Gemm and MatMul, values are
 * rounded to bytes by scales that were measured beforehand; weights are int8 for each output channel, biases int32.
 * @param ranges of `listCalibratedValues`, measured on training clips
 * @param floatNodes names of nodes that stay in float32
 */
export function quantiseStatically(
  model: Model,
  ranges: ReadonlyMap<string, ValueRange>,
  floatNodes: readonly string[] = [],
): Model {
  const writer = new QdqWriter(model, ranges);
  for (const quantised of findQuantisedNodes(model)) {
    if (!floatNodes.includes(quantised.node.name)) writer.quantise(quantised);
  }
  return writer.finish();
}

class QdqWriter {
  readonly #model: Model;
  readonly #ranges: ReadonlyMap<string, ValueRange>;
  readonly #scales = new Map<string, ByteScale>();
  readonly #dropped = new Set<string>();
  readonly #constants: Constant[] = [];
  readonly #before = new Map<string, Node[]>();

  constructor(model: Model, ranges: ReadonlyMap<string, ValueRange>) {
    this.#model = model;
    this.#ranges = ranges;
  }

  quantise({ node, kernel, bias }: QuantisedNode): void {
    const x = at(node.inputs, 0);
    const { scale } = this.#roundToBytes(x);
    const axis = node.opType === "Conv" ? 0 : 1;
    const weights = quantiseWeights(kernel, axis);
    this.#dropped.add(kernel.name);
    this.#constants.push(weights.quantised, weights.scale);
    const added = [makeDequantize(kernel.name, [weights.quantised.name, weights.scale.name], axis)];
    if (bias !== undefined) {
      const factors = Float32Array.from(weights.scale.data, (value) => scale * value);
      const data = Int32Array.from(bias.data, (value, channel) => Math.round(value / at(factors, channel)));
      const stored: Constant = { ...bias, name: `${bias.name}/int32`, elementType: "int32", data };
      const biasScale = this.#addScales(`${bias.name}/scale`, factors, [factors.length]);
      this.#dropped.add(bias.name);
      this.#constants.push(stored);
      added.push(makeDequantize(bias.name, [stored.name, biasScale], 0));
    }
    this.#before.set(node.name, added);
    if (node.opType === "Conv") this.#roundToBytes(findTail(this.#model, node));
  }

  /** From here on `value` is taken in bytes by all its users. */
  #roundToBytes(value: string): ByteScale {
    const known = this.#scales.get(value);
    if (known !== undefined) return known;
    const producer = this.#model.nodes.find(({ outputs }) => outputs.includes(value));
    const carried = producer && carriers.includes(producer.opType) ? producer.inputs[0] : undefined;
    const found = (carried !== undefined ? this.#scales.get(carried) : undefined) ?? this.#chooseScale(value);
    this.#scales.set(value, found);
    return found;
  }

  #chooseScale(value: string): ByteScale {
    const range = this.#ranges.get(value);
    if (range === undefined) throw new Error(`int8: expected a measured range of ${value}, got none`);
    // Zero stays exact: paddings are made of it.
    const [min, max] = [Math.min(0, range.min), Math.max(0, range.max)];
    const scale = Math.fround((max - min) / 255) || 1;
    return { scale, zeroPoint: Math.round(-min / scale) };
  }

  #addScales(name: string, data: Float32Array, dims: readonly number[]): string {
    this.#constants.push({ name, elementType: "float32", dims, data, isParameter: false });
    return name;
  }

  /** QuantizeLinear and DequantizeLinear after every value in bytes; users take what comes out. */
  finish(): Model {
    const nodes: Node[] = [];
    const renamed = new Map([...this.#scales.keys()].map((value) => [value, `${value}/rounded`]));
    const addRounding = (value: string): void => {
      const bytes = this.#scales.get(value);
      if (bytes === undefined) return;
      const scale = this.#addScales(`${value}/scale`, Float32Array.of(bytes.scale), []);
      const zeroPoint = `${value}/zero_point`;
      this.#constants.push({
        name: zeroPoint,
        elementType: "uint8",
        dims: [],
        isParameter: false,
        data: Uint8Array.of(bytes.zeroPoint),
      });
      nodes.push(makeNode("QuantizeLinear", `${value}/bytes`, [value, scale, zeroPoint]));
      nodes.push(makeDequantize(`${value}/rounded`, [`${value}/bytes`, scale, zeroPoint]));
    };
    for (const { name } of this.#model.inputs) addRounding(name);
    for (const node of this.#model.nodes) {
      nodes.push(...(this.#before.get(node.name) ?? []));
      nodes.push({ ...node, inputs: node.inputs.map((input) => renamed.get(input) ?? input) });
      for (const output of node.outputs) addRounding(output);
    }
    const kept = this.#model.constants.filter(({ name }) => !this.#dropped.has(name));
    return { ...this.#model, nodes, constants: [...kept, ...this.#constants] };
  }
}

/** A convolution's output, or that of the Relu which alone takes it: the two become one operator. */
function findTail(model: Model, { outputs }: Node): string {
  const output = at(outputs, 0);
  const users = model.nodes.filter(({ inputs }) => inputs.includes(output));
  const [user] = users;
  const isOutput = model.outputs.some(({ name }) => name === output);
  return users.length === 1 && !isOutput && user?.opType === "Relu" ? (user.outputs[0] ?? output) : output;
}
