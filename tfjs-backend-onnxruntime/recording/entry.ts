import { Tensor } from "onnxruntime-common";
import type { Graph } from "../graph/graph.ts";
import { countElements, equalShapes, type Shape, type Value } from "../graph/value.ts";
import type { ElementType, Elements } from "./buffers.ts";
import type { Hash } from "./hash.ts";

/** Says in ONNX operators what a kernel computes; runs only when a graph is built, not when it is recorded. */
export type Lower = (graph: Graph, inputs: readonly Value[]) => Value | readonly Value[];

export type Source =
  | { readonly kind: "leaf"; readonly leaf: number; readonly shape: Shape }
  | { readonly kind: "node"; readonly node: RecordedNode; readonly output: number; readonly shape: Shape };

export interface RecordedNode {
  readonly kernelName: string;
  readonly lower: Lower;
  readonly sources: readonly Source[];
  readonly outputs: readonly Entry[];
  /** Of what the node computes, down to the leaves: equal hashes mean equal results. */
  readonly hash: Hash;
}

/**
 * The data behind one or more TF.js tensors, in one of these states: pending (`node` will compute it), filled
 * (`elements`), uniform (every element is `uniform`, nothing is stored), or failed. Between the start and the end of an
 * asynchronous run it is none of them.
 */
export class Entry {
  readonly dtype: ElementType;
  readonly shape: Shape;
  readonly size: number;
  references = 1;
  node: RecordedNode | undefined;
  elements: Elements | undefined;
  uniform: number | undefined;
  failure: Error | undefined;
  /** The recording that uses this data as its leaf number `leaf`. */
  usedBy = -1;
  leaf = -1;
  #tensor: Tensor | undefined;

  constructor(dtype: ElementType, shape: Shape) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = countElements(shape);
  }

  /** ONNX Runtime's view on the elements; they are shared, not copied. */
  toTensor(shape: Shape): Tensor {
    if (this.failure !== undefined) throw this.failure;
    if (this.elements === undefined && this.uniform !== undefined) {
      return makeTensor(this.dtype, fillElements(this.dtype, countElements(shape), this.uniform), shape);
    }
    if (this.elements === undefined) throw new Error(`data of shape [${this.shape.join()}] is not there yet`);
    if (this.#tensor?.data !== this.elements || !equalShapes(this.#tensor.dims, shape)) {
      this.#tensor = makeTensor(this.dtype, this.elements, shape);
    }
    return this.#tensor;
  }

  /** The same data, in memory of its own. */
  copy(): Entry {
    const entry = new Entry(this.dtype, this.shape);
    entry.uniform = this.uniform;
    entry.elements = this.elements?.slice();
    entry.failure = this.failure;
    return entry;
  }

  equals(other: Entry): boolean {
    if (this.dtype !== other.dtype || !equalShapes(this.shape, other.shape)) return false;
    if (this.uniform !== undefined || other.uniform !== undefined)
      return Object.is(this.uniform, other.uniform);
    const { elements } = other;
    return (
      elements !== undefined &&
      this.elements?.every((value, index) => Object.is(value, elements[index])) === true
    );
  }

  /** Whether the data can be read, or never will be. */
  get isReady(): boolean {
    return this.elements !== undefined || this.uniform !== undefined || this.failure !== undefined;
  }

  /** @returns a copy, which a later tensor cannot overwrite @throws the error of the run that should have filled it */
  copyElements(): Elements {
    if (this.failure !== undefined) throw this.failure;
    if (this.uniform !== undefined) return fillElements(this.dtype, this.size, this.uniform);
    if (this.elements === undefined) throw new Error(`data of shape [${this.shape.join()}] is not there yet`);
    return this.elements.slice();
  }
}

function fillElements(dtype: ElementType, length: number, value: number): Elements {
  if (dtype === "float32") return new Float32Array(length).fill(value);
  if (dtype === "int32") return new Int32Array(length).fill(value);
  return new Uint8Array(length).fill(value);
}

export function makeTensor(dtype: ElementType, elements: Elements, shape: Shape): Tensor {
  if (dtype === "float32" && elements instanceof Float32Array) return new Tensor("float32", elements, shape);
  if (dtype === "int32" && elements instanceof Int32Array) return new Tensor("int32", elements, shape);
  if (dtype === "bool" && elements instanceof Uint8Array) return new Tensor("bool", elements, shape);
  throw new TypeError(`tensor: expected elements of ${dtype}, got ${elements.constructor.name}`);
}
