import type * as tf from "@tensorflow/tfjs";
import { type AttributeValue, float, floats } from "../../onnx/attributes.ts";
import { type ElementType, elementTypes, type TensorData } from "../../onnx/element-types.ts";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { Layout, Mask, Value } from "./value.ts";
import type { Weight } from "./weight.ts";

/** Converts a layer that another one wraps; `mask` is what TF.js passes on to it. */
export type ConvertLayer = (layer: tf.layers.Layer, inputs: readonly Value[], mask: Mask | null) => Value[];

/**
 * What a converter writes on: GraphBuilder with the layer's name before each node's, weights stored once a layer, and
 * layouts that are changed only when somebody asks, and then once.
 *
 *     const square = (graph: ExportGraph, x: Value): Value => ({
 *       ...x,
 *       name: graph.addNode("Mul", [x.name, x.name]),
 *     });
 */
export class ExportGraph {
  readonly opset: number;
  readonly convertLayer: ConvertLayer;
  readonly #builder: GraphBuilder;
  readonly #parameters = new WeakMap<tf.layers.Layer, Map<string, string>>();
  readonly #otherLayouts = new Map<string, string>();
  readonly #constantNodes = new Map<string, string>();
  #scope: readonly string[] = [];

  constructor(builder: GraphBuilder, convertLayer: ConvertLayer) {
    this.#builder = builder;
    this.opset = builder.opset;
    this.convertLayer = convertLayer;
  }

  /** Runs `write` with `name` before the name of every node and constant that it adds. */
  enter<Result>(name: string, write: () => Result): Result {
    const outer = this.#scope;
    this.#scope = [...outer, name];
    try {
      return write();
    } finally {
      this.#scope = outer;
    }
  }

  /** Names of the layers around the one that is being converted, and its own: `encoder/dense`. */
  get path(): string {
    return this.#scope.join("/");
  }

  /** @returns the name of the node's output */
  addNode(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    return this.#builder.addNode(opType, inputs, attributes, { name: `${this.path}/${opType}` });
  }

  /** `name` in another type, or itself where it has it. */
  castTo(name: string, from: ElementType, to: ElementType): string {
    return from === to ? name : this.addNode("Cast", [name], { to: elementTypes[to].code });
  }

  /** As `addNode`; `outputs` names each output after its role, "" leaves it out. */
  addNodeWithOutputs(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string[] {
    const named = outputs.map((role) => (role === "" ? "" : `${this.path}/${role}`));
    return this.#builder.addNodeWithOutputs(opType, inputs, named, attributes, {
      name: `${this.path}/${opType}`,
    });
  }

  /** A trained tensor of `layer`; a layer that is used twice stores it once. */
  addParameter(layer: tf.layers.Layer, role: string, weight: Weight): string {
    const stored = this.#parameters.get(layer) ?? new Map<string, string>();
    this.#parameters.set(layer, stored);
    const key = `${role} ${weight.dims.join(" ")}`;
    const name =
      stored.get(key) ?? this.#builder.addParameter(`${this.path}/${role}`, weight.data, weight.dims);
    stored.set(key, name);
    return name;
  }

  /** A tensor that is no weight; equal ones are stored once. */
  addConstant(role: string, data: TensorData, dims: readonly number[]): string {
    return this.#builder.addConstant(`${this.path}/${role}`, data, dims);
  }

  // What follows are Constant nodes and not initialisers, so that a file's initialisers are its weights and nothing
  // else; runtimes treat both alike.

  /** A list of int64, shared by all who need the same. */
  addInts(values: readonly number[]): string {
    return this.#addConstantNode(`ints_${values.join("_")}`, { value_ints: values });
  }

  /** A list of float32. */
  addFloats(role: string, values: readonly number[]): string {
    return this.#addConstantNode(`${this.path}/${role}`, { value_floats: floats(values) });
  }

  /** One int64 with dims []. */
  addInt(value: number): string {
    return this.#addConstantNode(`int_${value}`, { value_int: value });
  }

  /** One float32 with dims [], shared by all who need the same. */
  addScalar(value: number): string {
    return this.#addConstantNode(`scalar_${value}`, { value_float: float(value) });
  }

  #addConstantNode(name: string, attribute: Readonly<Record<string, AttributeValue>>): string {
    const known = this.#constantNodes.get(name) ?? this.#builder.addNode("Constant", [], attribute, { name });
    this.#constantNodes.set(name, known);
    return known;
  }

  /** @returns the name of `value` with its channels at place 1 */
  toChannelsFirst(value: Value): string {
    return this.toLayout(value, "channels-first");
  }

  /** @returns the name of `value` with its axes as tf.layers has them */
  toTfjsLayout(value: Value): string {
    return this.toLayout(value, "as-in-tfjs");
  }

  /** `value` itself where it already has the layout, or one of its kind that does. */
  toLayout(value: Value, layout: Layout): string {
    const rank = value.dims.length;
    // Up to rank 2 both layouts are the same thing.
    if (value.layout === layout || rank < 3) return value.name;
    const known = this.#otherLayouts.get(value.name);
    if (known !== undefined) return known;
    const spatial = Array.from({ length: rank - 2 }, (_, index) => index);
    const perm =
      layout === "channels-first"
        ? [0, rank - 1, ...spatial.map((index) => index + 1)]
        : [0, ...spatial.map((index) => index + 2), 1];
    const moved = this.#builder.addNode(
      "Transpose",
      [value.name],
      { perm },
      { name: `${value.name}/${layout}` },
    );
    this.#otherLayouts.set(value.name, moved);
    this.#otherLayouts.set(moved, value.name);
    return moved;
  }
}
