import type { Graph } from "../graph/graph.ts";
import { countElements, type Shape, type Value } from "../graph/value.ts";
import { multiplyMatrices } from "./matrix.ts";
import { gather, pad, reshape } from "./shape.ts";
import type { Windows } from "./windows.ts";
import {
  makeWinogradMatrices,
  type Matrix,
  maxFilterSize,
  transposeMatrix,
  windowsPerTile,
  type WinogradMatrices,
} from "./winograd-matrices.ts";
import { at, tuple } from "../../common/at.ts";

/** Below, mixing the elements of tiles costs more than the products that it saves. */
const minChannels = 64;

/** A convolution along the width, in tiles of `windowsPerTile` windows. */
export interface Tiling {
  /** Rows of all images. */
  readonly rows: number;
  /** Of a row, without padding, and the padding before it; after it there is as much as makes the last tile whole. */
  readonly length: number;
  readonly before: number;
  /** Elements of a tile: a filter's taps and the windows beside the first. */
  readonly tileLength: number;
  /** Of a row. */
  readonly tiles: number;
  readonly windows: number;
  readonly matrices: WinogradMatrices;
}

/**
 * How to convolve images [batch, height, width, in] by a filter [1, taps, in, out] with Winograd's minimal filtering:
 * half of im2col's products for 3 taps, two fifths for 5, at about twice its rounding error. A number that is infinite
 * or NaN spreads over its tile. Undefined where it is not possible or does not pay: filters that are not along the
 * width, strides, dilations, few channels.
 */
export function findTiling(windows: Windows, images: Value, filter: Shape): Tiling | undefined {
  const [batch, height, length, inputs] = tuple(images.shape, 4);
  const [filterHeight, taps, , outputs] = tuple(filter, 4);
  const isAlongWidth = filterHeight === 1 && windows.count[0] === height && windows.before[0] === 0;
  const isPlain = [...windows.stride, ...windows.dilation].every((step) => step === 1);
  const pays = Math.min(inputs, outputs) >= minChannels && windows.count[1] >= windowsPerTile;
  if (!isAlongWidth || !isPlain || !pays || taps < 2 || taps > maxFilterSize) return undefined;
  return {
    rows: batch * height,
    length,
    before: windows.before[1],
    tileLength: windowsPerTile + taps - 1,
    tiles: Math.ceil(windows.count[1] / windowsPerTile),
    windows: windows.count[1],
    matrices: makeWinogradMatrices(taps),
  };
}

/** @returns [rows x windows, out] */
export function convolveTiles(graph: Graph, images: Value, filter: Value, tiling: Tiling): Value {
  const { rows, tiles, windows, matrices } = tiling;
  const taps = transformFilter(graph, filter, matrices);
  const products = multiplyMatrices(graph, transformInput(graph, images, tiling), taps);
  const sums = transformOutput(graph, products, matrices);
  const places = listNumbers(rows, windows).map(
    ([row, window]) => ((window % windowsPerTile) * rows + row) * tiles + Math.floor(window / windowsPerTile),
  );
  return takeCells(graph, sums, places);
}

/** The filter's gradient, [taps, in, out], from the images and the gradient of the result. */
export function correlateTiles(graph: Graph, images: Value, dy: Value, tiling: Tiling): Value {
  const { matrices, windows } = tiling;
  const parts = { ...tiling, length: windows, before: 0, tileLength: windowsPerTile };
  const gradients = mix(graph, matrices.output, takeTiles(graph, dy, parts));
  const products = multiplyMatrices(graph, transformInput(graph, images, tiling), gradients, {
    transposeA: true,
  });
  return mix(graph, transposeMatrix(matrices.filter), products);
}

/** Tiles of the images; asked for by a convolution and by its filter's gradient: computed once. */
function transformInput(graph: Graph, images: Value, tiling: Tiling): Value {
  return mix(graph, tiling.matrices.input, takeTiles(graph, images, tiling));
}

/** A filter [1, taps, in, out] as factors of tiles. */
function transformFilter(graph: Graph, filter: Value, matrices: WinogradMatrices): Value {
  return mix(graph, matrices.filter, reshape(graph, filter, filter.shape.slice(1)));
}

/** Products as the windows' sums. */
function transformOutput(graph: Graph, products: Value, matrices: WinogradMatrices): Value {
  return mix(graph, transposeMatrix(matrices.output), products);
}

/** Element by element of a tile: [tile length, rows x tiles, channels]. */
function takeTiles(graph: Graph, images: Value, tiling: Omit<Tiling, "windows" | "matrices">): Value {
  const { rows, length, before, tileLength, tiles } = tiling;
  const channels = at(images.shape, -1);
  const paddedLength = (tiles - 1) * windowsPerTile + tileLength;
  const after = paddedLength - before - length;
  const padded = pad(graph, reshape(graph, images, [rows, length, channels]), [0, before, 0], [0, after, 0]);
  const places = listNumbers(tileLength, rows * tiles).map(([element, tile]) => {
    const row = Math.floor(tile / tiles);
    return row * paddedLength + (tile % tiles) * windowsPerTile + element;
  });
  return reshape(graph, takeCells(graph, padded, places), [tileLength, rows * tiles, channels]);
}

/** Of values [..., channels], the given cells in row-major order of the leading axes: [places, channels]. */
function takeCells(graph: Graph, values: Value, places: readonly number[]): Value {
  const channels = at(values.shape, -1);
  const cells = reshape(graph, values, [countElements(values.shape.slice(0, -1)), channels]);
  return gather(graph, cells, graph.constant("int64", [places.length], places), 0);
}

/** Weighted sums along the first axis, a row of the matrix each. One product, which threads share. */
function mix(graph: Graph, matrix: Matrix, values: Value): Value {
  const length = at(values.shape, 0);
  const rest = values.shape.slice(1);
  const weights = graph.constant("float32", [matrix.length, length], matrix.flat());
  const flat = reshape(graph, values, [length, countElements(rest)]);
  return reshape(graph, multiplyMatrices(graph, weights, flat), [matrix.length, ...rest]);
}

/** All pairs below the limits, the second number running first. */
function listNumbers(first: number, second: number): [number, number][] {
  return Array.from({ length: first * second }, (_, index) => [Math.floor(index / second), index % second]);
}
