import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { combineAll } from "./elementwise.ts";
import { concat, pad, reshape, slice, transpose } from "./shape.ts";
import { at, tuple } from "../../common/at.ts";

/** Windows of a convolution or pooling over images [batch, height, width, channels], one entry an axis. */
export interface Windows {
  /** Elements of a window along height and width, and the distance between them. */
  readonly size: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Padding before and after. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  /** Number of windows. */
  readonly count: readonly [number, number];
}

/** A place within the window: row, column. */
export type Tap = readonly [number, number];

/** Row by row, as a filter [height, width, ...] lies in memory. */
export function listTaps({ size: [height, width] }: Windows): Tap[] {
  return Array.from(
    { length: height * width },
    (_, index) => [Math.floor(index / width), index % width] as const,
  );
}

/** Pads images so that every window lies inside. */
export function padImages(graph: Graph, images: Value, windows: Windows, value = 0): Value {
  const { before, after } = windows;
  return pad(graph, images, [0, ...before, 0], [0, ...after, 0], { value });
}

/** From padded images, the element that each window has at `tap`: [batch, count, count, channels]. */
export function takeTap(graph: Graph, padded: Value, windows: Windows, tap: Tap): Value {
  const ranges = [0, 1] as const;
  return slice(
    graph,
    padded,
    ranges.map((axis) => {
      const start = tap[axis] * windows.dilation[axis];
      const step = windows.stride[axis];
      return { axis: axis + 1, start, end: start + (windows.count[axis] - 1) * step + 1, step };
    }),
  );
}

/**
 * The adjoint of padding and `takeTap` together: puts what belongs to each window's tap back to its place in images of
 * shape [batch, height, width, channels], and adds up. No scatter: shifted copies by padding and one sum.
 */
export function addTaps(
  graph: Graph,
  parts: readonly (readonly [Tap, Value])[],
  windows: Windows,
  [height, width]: readonly [number, number],
): Value {
  if (tileWithoutOverlap(windows)) return tileTaps(graph, parts, windows, [height, width]);
  const placed = parts.map(([tap, part]) => {
    const rows = placeAlong(graph, part, 1, height, windows, tap);
    return placeAlong(graph, rows, 2, width, windows, tap);
  });
  return combineAll(graph, "Sum", placed);
}

/** Whether each element belongs to at most one window: the usual pooling. */
function tileWithoutOverlap({ size, stride, dilation }: Windows): boolean {
  return ([0, 1] as const).every(
    (axis) => size[axis] === stride[axis] && (size[axis] === 1 || dilation[axis] === 1),
  );
}

/** Windows side by side: their taps are stacked and their axes exchanged, one copy instead of one a tap. */
function tileTaps(
  graph: Graph,
  parts: readonly (readonly [Tap, Value])[],
  { size, count, before }: Windows,
  lengths: readonly [number, number],
): Value {
  const [batch, , , channels] = tuple(at(parts, 0)[1].shape, 4);
  const [rows, columns] = count;
  const cells = parts.map(([, part]) => reshape(graph, part, [batch, rows, columns, 1, channels]));
  const stacked = reshape(graph, concat(graph, cells, 3), [batch, rows, columns, ...size, channels]);
  const tiled = transpose(graph, stacked, [0, 1, 3, 2, 4, 5]);
  let images = reshape(graph, tiled, [batch, rows * size[0], columns * size[1], channels]);
  for (const side of [0, 1] as const) {
    const start = before[side];
    const end = Math.min(at(images.shape, side + 1), start + lengths[side]);
    images = slice(graph, images, [{ axis: side + 1, start, end }]);
  }
  const missing = ([0, 1] as const).map((side) => lengths[side] - at(images.shape, side + 1));
  return pad(graph, images, [0, 0, 0, 0], [0, ...missing, 0]);
}

function placeAlong(
  graph: Graph,
  part: Value,
  axis: 1 | 2,
  length: number,
  windows: Windows,
  tap: Tap,
): Value {
  const side = axis === 1 ? 0 : 1;
  const stride = windows.stride[side];
  const spread = spreadOut(graph, part, axis, stride);
  const spreadLength = at(spread.shape, axis);
  // Where the first window's tap lies in the unpadded images; may lie outside.
  const offset = tap[side] * windows.dilation[side] - windows.before[side];
  const start = Math.min(Math.max(0, -offset), spreadLength);
  const end = Math.max(start, Math.min(spreadLength, length - offset));
  const inside = slice(graph, spread, [{ axis, start, end }]);
  const before = end > start ? offset + start : 0;
  const after = length - before - (end - start);
  const zeros = [0, 0, 0, 0];
  return pad(graph, inside, zeros.with(axis, before), zeros.with(axis, after));
}

/** Puts stride - 1 zeros between elements (and none after the last). */
function spreadOut(graph: Graph, x: Value, axis: number, stride: number): Value {
  const length = at(x.shape, axis);
  if (stride === 1 || length === 1) return x;
  const cells = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const zeros = cells.map(() => 0);
  const padded = pad(graph, reshape(graph, x, cells), zeros, zeros.with(axis + 1, stride - 1));
  const joined = reshape(graph, padded, x.shape.with(axis, length * stride));
  return slice(graph, joined, [{ axis, start: 0, end: (length - 1) * stride + 1 }]);
}
