import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { gather, reshape } from "./shape.ts";
import { listTaps, padImages, type Windows } from "./windows.ts";
import { tuple } from "../../common/at.ts";

/**
 * im2col: the elements of each window side by side, [batch x count x count, taps x channels]. One Gather, which ONNX
 * Runtime spreads over its threads; Slice and Concat would copy everything twice, on one.
 */
export function gatherColumns(graph: Graph, images: Value, windows: Windows): Value {
  const [batch, , , channels] = tuple(images.shape, 4);
  const [rows, columns] = windows.count;
  const width = windows.size[0] * windows.size[1] * channels;
  const flat = [batch * rows * columns, width];
  const padded = padImages(graph, images, windows);
  const [, height, paddedWidth] = tuple(padded.shape, 4);
  if (takesAll(windows, [height, paddedWidth])) return reshape(graph, padded, flat);
  const cells = reshape(graph, padded, [batch, height * paddedWidth, channels]);
  const indices = listCells(windows, paddedWidth);
  const taken = gather(graph, cells, graph.constant("int64", [indices.length], indices), 1);
  return reshape(graph, taken, flat);
}

/** Cell (row x width + column) of each tap of each window, window by window. */
function listCells({ count, stride, dilation, ...windows }: Windows, paddedWidth: number): number[] {
  const taps = listTaps({ count, stride, dilation, ...windows });
  const cells: number[] = [];
  for (let row = 0; row < count[0]; row++) {
    for (let column = 0; column < count[1]; column++) {
      for (const [tapRow, tapColumn] of taps) {
        const y = row * stride[0] + tapRow * dilation[0];
        cells.push(y * paddedWidth + column * stride[1] + tapColumn * dilation[1]);
      }
    }
  }
  return cells;
}

/** Windows of one element that take every element. */
function takesAll({ size, stride, count }: Windows, [height, width]: readonly [number, number]): boolean {
  return (
    size.every((length) => length === 1) &&
    stride.every((step) => step === 1) &&
    count[0] === height &&
    count[1] === width
  );
}
