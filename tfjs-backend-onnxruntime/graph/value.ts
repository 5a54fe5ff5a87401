import type { AttributeValue } from "../../onnx/attributes.ts";

/** What a value inside a graph can hold; int64 appears only as indices that ONNX asks for. */
export type ValueType = "float32" | "int32" | "bool" | "int64";

export type Shape = readonly number[];

export type Attributes = Readonly<Record<string, AttributeValue>>;

interface ValueBase {
  /** Equal ids mean the same value: a graph never holds two alike (see `Graph`). */
  readonly id: number;
  readonly dtype: ValueType;
  readonly shape: Shape;
}

/** Fed when the graph runs. */
export interface InputValue extends ValueBase {
  readonly kind: "input";
  /** Number of the recording's leaf that feeds it. */
  readonly leaf: number;
}

/** Stored in the graph: `elements` in row-major order, or one element that stands for all of them. */
export interface ConstantValue extends ValueBase {
  readonly kind: "constant";
  readonly elements: readonly number[];
}

/** One output of an ONNX operator. */
export interface NodeValue extends ValueBase {
  readonly kind: "node";
  readonly opType: string;
  readonly domain: "" | "com.microsoft";
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  /** Which of the operator's outputs this is, and how many it has. */
  readonly output: number;
  readonly outputCount: number;
}

export type Value = InputValue | ConstantValue | NodeValue;

export function countElements(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function equalShapes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** NumPy's rule. @throws RangeError when the shapes cannot be broadcast to each other */
export function broadcastShapes(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const length = lengths.find((candidate) => candidate !== 1) ?? 1;
    if (lengths.some((candidate) => candidate !== 1 && candidate !== length)) {
      throw new RangeError(
        `expected shapes that broadcast, got ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")}`,
      );
    }
    return length;
  });
}
