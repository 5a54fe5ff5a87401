import { type AttributeValue, toAttribute } from "./attributes.ts";
import { checkModel } from "./check/check-model.ts";
import { type ElementType, inferElementType, type TensorData, viewBytes } from "./element-types.ts";
import type { Constant, Dimension, Model, Node, ValueInfo } from "./graph.ts";
import { writeModel } from "./write-model.ts";

export interface NodeOptions {
  /** Name of the node and, for one output, of its value; made unique by a number. Default: the operator's. */
  readonly name?: string;
  /** "" (ONNX's own operators) unless said. */
  readonly domain?: string;
}

export const defaultOpset = 17;

/**
 * Writes an ONNX graph, one call a node; a value is known by its name. Nodes run in the order they are added.
 *
 *     const graph = new GraphBuilder({ name: "double" });
 *     const x = graph.addInput("x", "float32", ["batch", 3]);
 *     graph.addOutput("y", graph.addNode("Add", [x, x]), "float32", ["batch", 3]);
 *     const bytes = graph.build();
 */
export class GraphBuilder {
  readonly opset: number;
  readonly #graphName: string;
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #nodes: Node[] = [];
  readonly #constants: Constant[] = [];
  readonly #constantsByShape = new Map<string, Constant[]>();
  readonly #metadata = new Map<string, string>();
  readonly #names = new Set<string>();

  /** @param options.taken names that are not given: those of a model that this one will be joined to */
  constructor(
    options: { readonly name?: string; readonly opset?: number; readonly taken?: Iterable<string> } = {},
  ) {
    this.#graphName = options.name ?? "graph";
    this.opset = options.opset ?? defaultOpset;
    for (const name of options.taken ?? []) this.#names.add(name);
  }

  /** @returns the input's name, which stays as given @throws Error when it is taken */
  addInput(name: string, elementType: ElementType, dims: readonly Dimension[]): string {
    this.#takeName(name);
    this.#inputs.push({ name, elementType, dims });
    return name;
  }

  /**
   * Makes `value` an output called `name`. Outputs are often wanted under a name of their own, so when `value` has
   * another one an Identity is added, which every runtime removes.
   */
  addOutput(name: string, value: string, elementType: ElementType, dims: readonly Dimension[]): void {
    if (name !== value) {
      this.#takeName(name);
      this.#nodes.push({
        name: this.#makeName(`${name}/output`),
        opType: "Identity",
        domain: "",
        inputs: [value],
        outputs: [name],
        attributes: new Map(),
      });
    }
    this.#outputs.push({ name, elementType, dims });
  }

  /** @returns the name of the node's only output */
  addNode(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    options: NodeOptions = {},
  ): string {
    const name = this.#makeName(options.name ?? opType);
    this.#pushNode({ name, opType, inputs, outputs: [name], attributes, domain: options.domain });
    return name;
  }

  /** @param outputs wished names, one an output; "" leaves one out @returns the names given, in their order */
  addNodeWithOutputs(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    options: NodeOptions = {},
  ): string[] {
    const name = this.#makeName(options.name ?? opType);
    const names = outputs.map((output) => (output === "" ? "" : this.#makeName(output)));
    this.#pushNode({ name, opType, inputs, outputs: names, attributes, domain: options.domain });
    return names;
  }

  /**
   * Stores a tensor in the model; equal content (type, dims and bytes) is stored once, under its first name.
   * @param data row-major; a Uint16Array is float16 bits
   * @param elementType what `data`'s class says, unless given (bool for a Uint8Array)
   */
  addConstant(
    name: string,
    data: TensorData,
    dims: readonly number[],
    elementType: ElementType = inferElementType(data),
  ): string {
    const key = `${elementType} ${dims.join(" ")}`;
    const alike = this.#constantsByShape.get(key) ?? [];
    const stored = alike.find((constant) => holdSameBytes(constant.data, data));
    if (stored !== undefined) return stored.name;
    const constant = { name: this.#makeName(name), elementType, dims: [...dims], data, isParameter: false };
    this.#constants.push(constant);
    this.#constantsByShape.set(key, [...alike, constant]);
    return constant.name;
  }

  /**
   * Stores a trained tensor. It is counted by `countParameters` and kept apart even from a twin: two biases that are
   * still zero are two biases.
   */
  addParameter(name: string, data: TensorData, dims: readonly number[]): string {
    const elementType = inferElementType(data);
    const constant = { name: this.#makeName(name), elementType, dims: [...dims], data, isParameter: true };
    this.#constants.push(constant);
    return constant.name;
  }

  /** A list of int64, as Reshape, Slice, Pad and others take: dims [values.length]. */
  addInts(values: readonly number[], name = `ints_${values.join("_")}`): string {
    return this.addConstant(name, BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** One float32 with dims []. */
  addScalar(value: number, name = `scalar_${value}`): string {
    return this.addConstant(name, Float32Array.of(value), []);
  }

  /** An entry of `metadata_props`; a key set again keeps its last value. */
  setMetadata(key: string, value: string): void {
    this.#metadata.set(key, value);
  }

  /** The model in memory, for a pass that rewrites it. */
  toModel(): Model {
    return {
      graphName: this.#graphName,
      opset: this.opset,
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes,
      constants: this.#constants,
      metadata: this.#metadata,
    };
  }

  /** @returns the bytes of an `.onnx` file @throws Error that lists what is wrong with the graph */
  build(): Uint8Array {
    const model = this.toModel();
    checkModel(model);
    return writeModel(model);
  }

  #pushNode(node: {
    readonly name: string;
    readonly opType: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes: Readonly<Record<string, AttributeValue>>;
    readonly domain: string | undefined;
  }): void {
    const attributes = Object.entries(node.attributes).map(
      ([name, value]) => [name, toAttribute(name, value)] as const,
    );
    this.#nodes.push({
      ...node,
      inputs: [...node.inputs],
      domain: node.domain ?? "",
      attributes: new Map(attributes),
    });
  }

  #takeName(name: string): void {
    if (this.#names.has(name)) throw new Error(`${this.#graphName}: the name ${name} is taken`);
    this.#names.add(name);
  }

  #makeName(wished: string): string {
    let name = wished;
    for (let count = 2; this.#names.has(name); count++) name = `${wished}_${count}`;
    this.#names.add(name);
    return name;
  }
}

function holdSameBytes(one: TensorData, other: TensorData): boolean {
  if (one === other) return true;
  const a = viewBytes(one);
  const b = viewBytes(other);
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
