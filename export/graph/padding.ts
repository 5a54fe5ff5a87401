import { at } from "../../common/at.ts";
import type { ExportGraph } from "./export-graph.ts";
import { type LayerCall, refuse } from "./layer-call.ts";
import type { Dims } from "./value.ts";

/** One spatial axis of a convolution or pooling window. */
export interface WindowAxis {
  /** Null is known only when the model runs. */
  readonly size: number | null;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

export function makeWindows(
  sizes: Dims,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[] = kernel.map(() => 1),
): WindowAxis[] {
  return sizes.map((size, axis) => ({
    size,
    kernel: at(kernel, axis),
    stride: at(strides, axis),
    dilation: at(dilations, axis),
  }));
}

/** What a window operator takes: `x`, padded already where a size is known only when the model runs, and `pads`. */
export interface PaddedInput {
  readonly x: string;
  /** ONNX `pads` [before each axis, then after each], explicit, so that no runtime has to interpret SAME_UPPER. */
  readonly pads: readonly number[];
  /** Whether `x` holds the padding. */
  readonly isPadded: boolean;
}

/**
 * Padding as TensorFlow's: 'same' gives ceil(size / stride) windows, the odd place after. With a stride over an axis of
 * unknown size it depends on the size; then the graph computes it and a Pad node adds it.
 * @param x channels-first, [batch, channels, ...spatial]
 * @param fill what the padding holds: 0, and -Infinity before a maximum
 * @throws UnsupportedLayerError for a window that no place of the input has room for: TF.js answers with no numbers;
 *   and for steps that leave out the end of a volume: TF.js 4.22 then starts inside it, TensorFlow at its side
 */
export function addPadding(
  graph: ExportGraph,
  layer: LayerCall,
  x: string,
  padding: "valid" | "same",
  axes: readonly WindowAxis[],
  fill = 0,
): PaddedInput {
  if (padding === "valid") checkRoom(layer, axes);
  else if (axes.length === 3) checkSteps(layer, axes);
  const totals = axes.map((axis) => (padding === "valid" ? 0 : computeSamePadding(axis)));
  const known = totals.filter((total) => total !== null);
  if (known.length === totals.length) return { x, pads: splitPads(known), isPadded: false };
  const padded = graph.addNode("Pad", [x, addSamePads(graph, x, axes), graph.addScalar(fill)], {
    mode: "constant",
  });
  return { x: padded, pads: splitPads(axes.map(() => 0)), isPadded: true };
}

function checkRoom(layer: LayerCall, axes: readonly WindowAxis[]): void {
  for (const axis of axes)
    if (axis.size !== null && axis.size < countReach(axis))
      refuse(layer, `an input of at least ${countReach(axis)}, which its window covers`, String(axis.size));
}

/** `get3DPadAndOutInfo` of TF.js's conv_util lets padding be negative, where one and two axes have at least none. */
function checkSteps(layer: LayerCall, axes: readonly WindowAxis[]): void {
  for (const axis of axes)
    if (axis.size === null ? axis.stride > countReach(axis) : countMissing(axis, axis.size) < 0)
      refuse(
        layer,
        `steps of at most ${countReach(axis)} with 'same', its window's size`,
        String(axis.stride),
      );
}

/** What the windows of 'same' reach beyond the input; negative where they leave out its end. */
function countMissing(axis: WindowAxis, size: number): number {
  return (Math.ceil(size / axis.stride) - 1) * axis.stride + countReach(axis) - size;
}

/** What a window covers, from its first tap to its last. */
function countReach({ kernel, dilation }: WindowAxis): number {
  return (kernel - 1) * dilation + 1;
}

/** TensorFlow puts the odd one after. */
function splitPads(totals: readonly number[]): number[] {
  return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))];
}

function computeSamePadding(axis: WindowAxis): number | null {
  const { size, stride } = axis;
  if (stride === 1) return countReach(axis) - 1;
  return size === null ? null : Math.max(0, countMissing(axis, size));
}

/** The same in the graph, for all spatial axes at once: `pads` of a Pad node over [batch, channels, ...spatial]. */
function addSamePads(graph: ExportGraph, x: string, axes: readonly WindowAxis[]): string {
  const strides = graph.addInts(axes.map(({ stride }) => stride));
  const roundUp = graph.addInts(axes.map(({ stride }) => stride - 1));
  const reachMinusStride = graph.addInts(axes.map((axis) => countReach(axis) - axis.stride));
  const sizes = addSpatialSizes(graph, x, axes.length);
  const windows = graph.addNode("Div", [graph.addNode("Add", [sizes, roundUp]), strides]); // ceil(size / stride)
  const reached = graph.addNode("Add", [graph.addNode("Mul", [windows, strides]), reachMinusStride]);
  const missing = graph.addNode("Sub", [reached, sizes]);
  const total = graph.addNode("Max", [missing, graph.addInts([0])]);
  const before = graph.addNode("Div", [total, graph.addInts([2])]);
  const after = graph.addNode("Sub", [total, before]);
  const none = graph.addInts([0, 0]); // batch and channels
  return graph.addNode("Concat", [none, before, none, after], { axis: 0 });
}

/** Sizes of the spatial axes of [batch, channels, ...spatial], as a list of int64. */
export function addSpatialSizes(graph: ExportGraph, x: string, count: number): string {
  return graph.addNode("Slice", [
    graph.addNode("Shape", [x]),
    graph.addInts([2]),
    graph.addInts([2 + count]),
  ]);
}
