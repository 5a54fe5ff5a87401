import { GraphBuilder } from "../../onnx/graph-builder.ts";
import {
  countElements,
  type ConstantValue,
  type NodeValue,
  type Shape,
  type Value,
  type ValueType,
} from "./value.ts";

/** Attributes of our nodes that ONNX takes as int64 inputs, in the order of those inputs after the first. */
const inputAttributes: Readonly<Record<string, readonly string[]>> = {
  Expand: ["shape"],
  Pad: ["pads"],
  ReduceSum: ["axes"],
  Reshape: ["shape"],
  Slice: ["starts", "ends", "axes", "steps"],
  Tile: ["repeats"],
  TopK: ["k"],
};

/** Above this many elements a constant that repeats one element is stored once and expanded by the runtime. */
const maxStoredRepeat = 65_536;

export interface EmittedInput {
  readonly leaf: number;
  readonly name: string;
  readonly shape: Shape;
}

export interface EmittedModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly EmittedInput[];
  /** Names of the outputs, one for each value asked for. */
  readonly outputs: readonly string[];
  readonly nodeCount: number;
}

/** Writes the ONNX model that computes `outputs`; values that nothing needs are left out. */
export function emitModel(outputs: readonly Value[]): EmittedModel {
  const builder = new GraphBuilder({ name: "step" });
  const emitter = new Emitter(builder);
  const taken = new Set<string>();
  const names = outputs.map((value) => {
    const name = emitter.emit(value);
    // A graph's input, constant or other output cannot be its output as well.
    const output = value.kind === "node" && !taken.has(name) ? name : builder.addNode("Identity", [name]);
    builder.addOutput(output, output, value.dtype, value.shape);
    taken.add(output);
    return output;
  });
  return {
    bytes: builder.build(),
    inputs: emitter.inputs,
    outputs: names,
    nodeCount: emitter.nodeCount,
  };
}

class Emitter {
  readonly inputs: EmittedInput[] = [];
  nodeCount = 0;
  readonly #builder: GraphBuilder;
  readonly #names = new Map<string, string>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  /** Depth first, with an explicit stack: a recording can be thousands of nodes deep. */
  emit(wanted: Value): string {
    const stack: Value[] = [wanted];
    for (let value = stack.at(-1); value !== undefined; value = stack.at(-1)) {
      const waiting =
        this.#names.has(keyOf(value)) || value.kind !== "node"
          ? []
          : value.inputs.filter((input) => !this.#names.has(keyOf(input)));
      if (waiting.length > 0) {
        stack.push(...waiting.reverse());
        continue;
      }
      stack.pop();
      if (!this.#names.has(keyOf(value))) this.#emitReady(value);
    }
    return this.#nameOf(wanted);
  }

  #emitReady(value: Value): void {
    if (value.kind === "node") {
      this.#emitNode(value);
    } else if (value.kind === "constant") {
      this.#names.set(keyOf(value), this.#emitConstant(value));
    } else {
      const name = `x${value.leaf}`;
      this.#builder.addInput(name, value.dtype, value.shape);
      this.inputs.push({ leaf: value.leaf, name, shape: value.shape });
      this.#names.set(keyOf(value), name);
    }
  }

  #emitNode(node: NodeValue): void {
    const moved = inputAttributes[node.opType] ?? [];
    const inputs = node.inputs.map((input) => this.#nameOf(input));
    const [data, ...others] = inputs;
    const parameters = moved
      .filter((name) => name in node.attributes)
      .map((name) => this.#emitInts(node, name));
    const attributes = Object.fromEntries(
      Object.entries(node.attributes).filter(([name]) => !moved.includes(name)),
    );
    const all = data === undefined ? parameters : [data, ...parameters, ...others];
    const wished = Array.from({ length: node.outputCount }, () => node.opType);
    const names = this.#builder.addNodeWithOutputs(node.opType, all, wished, attributes, {
      domain: node.domain,
    });
    names.forEach((name, output) => this.#names.set(keyOf({ ...node, output }), name));
    this.nodeCount++;
  }

  #emitInts(node: NodeValue, name: string): string {
    const value = node.attributes[name];
    if (typeof value === "number") return this.#builder.addInts([value]);
    if (Array.isArray(value)) return this.#builder.addInts(value.map(Number));
    throw new TypeError(`${node.opType}.${name}: expected integers, got ${JSON.stringify(value)}`);
  }

  #emitConstant({ elements, shape, dtype }: ConstantValue): string {
    const size = countElements(shape);
    const [first] = elements;
    if (elements.length === size)
      return this.#builder.addConstant("constant", pack(elements, dtype), shape, dtype);
    if (first !== undefined && size > maxStoredRepeat) {
      const one = this.#builder.addConstant("constant", pack(elements, dtype), [], dtype);
      return this.#builder.addNode("Expand", [one, this.#builder.addInts(shape)]);
    }
    const repeated = Array.from({ length: size }, () => first ?? 0);
    return this.#builder.addConstant("constant", pack(repeated, dtype), shape, dtype);
  }

  #nameOf(value: Value): string {
    const name = this.#names.get(keyOf(value));
    if (name === undefined) throw new Error(`value ${value.id}: expected to be emitted before its use`);
    return name;
  }
}

/** All outputs of one operator are emitted together, so they share a key up to their number. */
function keyOf(value: Value): string {
  if (value.kind !== "node" || value.outputCount === 1) return String(value.id);
  const inputs = value.inputs.map((input) => input.id).join();
  return `${value.opType}(${inputs})${JSON.stringify(value.attributes)}:${value.output}`;
}

function pack(elements: readonly number[], dtype: ValueType) {
  switch (dtype) {
    case "float32":
      return Float32Array.from(elements);
    case "int32":
      return Int32Array.from(elements);
    case "bool":
      return Uint8Array.from(elements);
    case "int64":
      return BigInt64Array.from(elements, BigInt);
  }
}
