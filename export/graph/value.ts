import type { ElementType } from "../../onnx/element-types.ts";

/**
 * How a tensor lies in the ONNX graph. `as-in-tfjs`: its axes are those that the tf.layers model sees.
 * `channels-first`: the last of them has moved to place 1, as ONNX's convolutions want it.
 */
export type Layout = "as-in-tfjs" | "channels-first";

/** Shape in TF.js's order of axes; null is known only when the model runs. */
export type Dims = readonly (number | null)[];

/**
 * A tensor of the model that is being converted. A converter takes it in the layout it has, or asks for another.
 *
 *     const readBatch = ({ dims }: Value) => dims[0];
 */
export interface Value {
  readonly name: string;
  readonly layout: Layout;
  readonly dims: Dims;
  readonly elementType: ElementType;
  /** The tf.layers mask that travels with it (`mask.ts`). */
  readonly mask: Mask | null;
}

/**
 * Which steps of a sequence count: a bool tensor of the graph, one value for each place but the last axis.
 *
 *     const readSteps = ({ dims }: Mask) => dims.at(-1);
 */
export interface Mask {
  readonly name: string;
  readonly dims: Dims;
}

/** Where axis `axis` (TF.js's order, may be negative) lies in the ONNX tensor. */
export function locateAxis(value: Value, axis: number): number {
  const rank = value.dims.length;
  const positive = axis < 0 ? axis + rank : axis;
  if (value.layout === "as-in-tfjs" || positive === 0) return positive;
  return positive === rank - 1 ? 1 : positive + 1;
}

/** The same shape for a tensor that broadcasts against `value`, e.g. [channels] -> [channels, 1] channels-first. */
export function shapeForAxis(value: Value, axis: number, length: number): number[] {
  const shape = value.dims.map(() => 1);
  shape[locateAxis(value, axis)] = length;
  // Leading ones need not be written.
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [1] : shape.slice(first);
}
