import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { gatherColumns } from "../../operators/columns.ts";
import { multiplyMatrices } from "../../operators/matrix.ts";
import { reshape, reverse, slice, transpose } from "../../operators/shape.ts";
import { convolveTiles, correlateTiles, findTiling } from "../../operators/winograd.ts";
import { addTaps, listTaps, type Windows } from "../../operators/windows.ts";
import { defineConvolutionKernels } from "./convolution-family.ts";
import { type Convolution, fromChannelsLast, toChannelsLast } from "./convolution-shape.ts";
import { tuple } from "../../../common/at.ts";

/**
 * Convolutions with channels last as matrix products: Winograd's minimal filtering where it pays, else im2col, then
 * MatMul with the filter [taps x in, out]. Measured against ONNX's Conv on our networks: 27 ms a training step with
 * im2col instead of 46 to 65, because the columns serve the filter gradient too and no layout is changed, and a
 * quarter less with Winograd. The backward products fuse their transpose (FusedMatMul).
 */
function convolve(graph: Graph, x: Value, filter: Value, convolution: Convolution): Value {
  const images = toChannelsLast(graph, x, convolution);
  const sums = slideFilter(graph, images, filter, convolution.windows);
  return fromChannelsLast(graph, reshape(graph, sums, convolution.outputShape), convolution);
}

/** @returns [batch x windows, out] */
function slideFilter(graph: Graph, images: Value, filter: Value, windows: Windows): Value {
  const tiling = findTiling(windows, images, filter.shape);
  if (tiling !== undefined) return convolveTiles(graph, images, filter, tiling);
  return multiplyMatrices(graph, gatherColumns(graph, images, windows), flattenFilter(graph, filter));
}

function convolveToFilter(graph: Graph, x: Value, dy: Value, convolution: Convolution): Value {
  const { windows, filterShape } = convolution;
  const images = toChannelsLast(graph, x, convolution);
  const gradient = toChannelsLast(graph, dy, convolution);
  const tiling = findTiling(windows, images, filterShape);
  if (tiling !== undefined) {
    return reshape(graph, correlateTiles(graph, images, gradient, tiling), filterShape);
  }
  const product = multiplyMatrices(
    graph,
    gatherColumns(graph, images, windows),
    flattenImages(graph, gradient),
    { transposeA: true },
  );
  return reshape(graph, product, filterShape);
}

function convolveToInput(graph: Graph, dy: Value, filter: Value, convolution: Convolution): Value {
  const gradient = toChannelsLast(graph, dy, convolution);
  const windows = turnWindows(convolution);
  const images =
    windows === undefined
      ? shareOut(graph, gradient, filter, convolution)
      : convolveTurned(graph, gradient, filter, convolution, windows);
  return fromChannelsLast(graph, images, convolution);
}

/** The windows over dy, one for each element of the input; undefined when there is a stride or excess padding. */
function turnWindows({ windows, inputShape }: Convolution): Windows | undefined {
  const { size, dilation, stride, before, count } = windows;
  const side = (axis: 0 | 1) => ({
    before: (size[axis] - 1) * dilation[axis] - before[axis],
    after: inputShape[axis === 0 ? 1 : 2] + before[axis] - count[axis],
  });
  const rows = side(0);
  const columns = side(1);
  if (stride[0] !== 1 || stride[1] !== 1) return undefined;
  if (Math.min(rows.before, rows.after, columns.before, columns.after) < 0) return undefined;
  return {
    ...windows,
    before: [rows.before, columns.before],
    after: [rows.after, columns.after],
    count: [inputShape[1], inputShape[2]],
  };
}

/**
 * With stride 1 the data gradient is a convolution again: of dy with the filter turned round, its channels exchanged.
 * `shareOut` writes as much as its im2col and adds it up besides.
 */
function convolveTurned(
  graph: Graph,
  dy: Value,
  filter: Value,
  { inputShape }: Convolution,
  windows: Windows,
): Value {
  const turned = transpose(graph, reverse(graph, filter, [0, 1]), [0, 1, 3, 2]);
  return reshape(graph, slideFilter(graph, dy, turned, windows), inputShape);
}

/** The product gives what each window adds for each tap; these parts go back to their places and are added. */
function shareOut(graph: Graph, dy: Value, filter: Value, { windows, inputShape }: Convolution): Value {
  const [batch, height, width, channels] = inputShape;
  const addends = multiplyMatrices(graph, flattenImages(graph, dy), flattenFilter(graph, filter), {
    transposeB: true,
  });
  const taps = listTaps(windows);
  const perWindow = reshape(graph, addends, [batch, ...windows.count, taps.length * channels]);
  const parts = taps.map((tap, index) => {
    const range = { axis: 3, start: index * channels, end: (index + 1) * channels };
    return [tap, slice(graph, perWindow, [range])] as const;
  });
  return addTaps(graph, parts, windows, [height, width]);
}

function flattenFilter(graph: Graph, filter: Value): Value {
  const [height, width, inputs, outputs] = tuple(filter.shape, 4);
  return reshape(graph, filter, [height * width * inputs, outputs]);
}

function flattenImages(graph: Graph, images: Value): Value {
  const [batch, height, width, channels] = tuple(images.shape, 4);
  return reshape(graph, images, [batch * height * width, channels]);
}

export const convolutionKernels = defineConvolutionKernels({
  isDepthwise: false,
  names: {
    forward: "Conv2D",
    fused: "FusedConv2D",
    toFilter: "Conv2DBackpropFilter",
    toInput: "Conv2DBackpropInput",
  },
  forward: convolve,
  toFilter: convolveToFilter,
  toInput: convolveToInput,
});
