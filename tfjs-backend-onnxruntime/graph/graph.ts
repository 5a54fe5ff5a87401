import type { AttributeValue } from "../../onnx/attributes.ts";
import {
  type Attributes,
  type ConstantValue,
  countElements,
  type InputValue,
  type NodeValue,
  type Shape,
  type Value,
  type ValueType,
} from "./value.ts";

export interface NodeParts {
  readonly opType: string;
  readonly inputs: readonly Value[];
  readonly shape: Shape;
  readonly dtype: ValueType;
  readonly attributes?: Attributes;
  readonly domain?: "" | "com.microsoft";
  readonly output?: number;
  readonly outputCount?: number;
}

type Rewrite = (graph: Graph, node: NodeValue) => Value | undefined;

/**
 * Values of one ONNX graph in the making. Asking twice for the same operator on the same values gives the same value,
 * so what several kernels compute alike (the im2col of a convolution and of its filter gradient) is computed once.
 * Every new node is offered to `rewrites` first, so a graph is in its rewritten form as soon as it is built.
 */
export class Graph {
  readonly #values = new Map<string, Value>();
  readonly #rewrites: readonly Rewrite[];
  #nextId = 0;

  constructor(rewrites: readonly Rewrite[] = []) {
    this.#rewrites = rewrites;
  }

  input(leaf: number, dtype: ValueType, shape: Shape): Value {
    return this.#intern(`input ${leaf}`, (id): InputValue => ({ kind: "input", id, leaf, dtype, shape }));
  }

  /** @param elements as many as `shape` says, or one for all */
  constant(dtype: ValueType, shape: Shape, elements: readonly number[]): Value {
    if (elements.length !== 1 && elements.length !== countElements(shape)) {
      throw new RangeError(
        `constant [${shape.join(", ")}]: expected 1 or all elements, got ${elements.length}`,
      );
    }
    const key = `constant ${dtype} ${shape.join()} ${elements.map(describeNumber).join()}`;
    return this.#intern(key, (id): ConstantValue => ({ kind: "constant", id, dtype, shape, elements }));
  }

  scalar(value: number, dtype: ValueType = "float32"): Value {
    return this.constant(dtype, [], [value]);
  }

  node(parts: NodeParts): Value {
    const { opType, inputs, shape, dtype, attributes = {}, domain = "", output = 0, outputCount = 1 } = parts;
    return this.#intern(keyOf(parts), (id): Value => {
      const node: NodeValue = {
        kind: "node",
        id,
        opType,
        domain,
        inputs,
        attributes,
        output,
        outputCount,
        dtype,
        shape: [...shape],
      };
      for (const rewrite of this.#rewrites) {
        const better = rewrite(this, node);
        if (better !== undefined) return better;
      }
      return node;
    });
  }

  /** The node, if it has been asked for before. */
  find(parts: NodeParts): Value | undefined {
    return this.#values.get(keyOf(parts));
  }

  #intern(key: string, create: (id: number) => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = create(this.#nextId++);
    this.#values.set(key, value);
    return value;
  }
}

function keyOf({ opType, inputs, attributes = {}, domain = "", output = 0 }: NodeParts): string {
  return `${domain}.${opType}:${output}(${inputs.map((input) => input.id).join()})${describeAttributes(attributes)}`;
}

function describeAttributes(attributes: Attributes): string {
  return Object.entries(attributes).map(describeAttribute).join();
}

function describeAttribute([name, value]: readonly [string, AttributeValue]): string {
  return `${name}=${JSON.stringify(value)}`;
}

/** Distinguishes 0 from -0, and writes what JSON cannot. */
function describeNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
