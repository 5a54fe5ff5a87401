import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs";

type Attribute = NamedAttrMap[string] | undefined;

/** What TF.js hands to a kernel, read with types; a mismatch names the kernel, what was expected and what was found. */
export class KernelCall {
  readonly #kernelName: string;
  readonly #tensors: NamedTensorInfoMap;
  readonly #attributes: NamedAttrMap;

  constructor(kernelName: string, tensors: NamedTensorInfoMap, attributes: NamedAttrMap = {}) {
    this.#kernelName = kernelName;
    this.#tensors = tensors;
    this.#attributes = attributes;
  }

  input(name: string): TensorInfo {
    return this.findInput(name) ?? this.refuse(name, "a tensor", undefined);
  }

  /** An input that callers may leave out. */
  findInput(name: string): TensorInfo | undefined {
    // Absent ones come as undefined or null, whatever the types say.
    const found: TensorInfo | null | undefined = this.#tensors[name];
    return found ?? undefined;
  }

  /** The inputs of a kernel that takes a list. */
  inputs(): TensorInfo[] {
    return Object.values(this.#tensors).flatMap((tensor) => tensor ?? []);
  }

  has(name: string): boolean {
    return (this.#attributes[name] ?? undefined) !== undefined;
  }

  number(name: string): number {
    const value: Attribute = this.#attributes[name];
    return typeof value === "number" ? value : this.refuse(name, "a number", value);
  }

  /** A list of numbers, or one number as a list of one. */
  numbers(name: string): number[] {
    const value: Attribute = this.#attributes[name];
    if (typeof value === "number") return [value];
    if (!Array.isArray(value)) return this.refuse(name, "numbers", value);
    return value.map((item) => (typeof item === "number" ? item : this.refuse(name, "numbers", value)));
  }

  isNumber(name: string): boolean {
    return typeof this.#attributes[name] === "number";
  }

  isList(name: string): boolean {
    return Array.isArray(this.#attributes[name]);
  }

  /** Axes of a tensor of `shape`, none negative; all of them when none is said. */
  axes(name: string, shape: readonly number[]): number[] {
    if (!this.has(name)) return shape.map((_, axis) => axis);
    return this.numbers(name).map((axis) => this.#normaliseAxis(name, axis, shape));
  }

  axis(name: string, shape: readonly number[]): number {
    return this.#normaliseAxis(name, this.number(name), shape);
  }

  #normaliseAxis(name: string, axis: number, { length: rank }: readonly number[]): number {
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
      this.refuse(name, `an axis of a tensor of rank ${rank}`, axis);
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** Pairs of numbers, e.g. paddings. */
  pairs(name: string): [number, number][] {
    const value: Attribute = this.#attributes[name];
    if (!Array.isArray(value)) return this.refuse(name, "pairs of numbers", value);
    return value.map((pair): [number, number] => {
      if (!Array.isArray(pair)) return this.refuse(name, "pairs of numbers", value);
      const [before, after] = pair;
      if (typeof before !== "number" || typeof after !== "number") {
        return this.refuse(name, "pairs of numbers", value);
      }
      return [before, after];
    });
  }

  flag(name: string): boolean {
    const value: Attribute = this.#attributes[name];
    // tf.layers leaves some flags undefined where it means false.
    return value === undefined
      ? false
      : typeof value === "boolean"
        ? value
        : this.refuse(name, "a boolean", value);
  }

  text(name: string): string {
    const value: Attribute = this.#attributes[name];
    return typeof value === "string" ? value : this.refuse(name, "a text", value);
  }

  /** The attributes as text: equal texts mean equal attributes. */
  describeAttributes(): string {
    return JSON.stringify(this.#attributes);
  }

  refuse(name: string, expected: string, actual: unknown): never {
    const got = actual === undefined ? "nothing" : JSON.stringify(actual);
    throw new TypeError(`${this.#kernelName}.${name}: expected ${expected}, got ${got}`);
  }
}
