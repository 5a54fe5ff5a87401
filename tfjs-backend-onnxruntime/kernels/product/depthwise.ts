import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import { combine, combineAll } from "../../operators/elementwise.ts";
import { reduce } from "../../operators/reduce.ts";
import { concat, reshape, slice } from "../../operators/shape.ts";
import { addTaps, listTaps, padImages, takeTap, type Tap, type Windows } from "../../operators/windows.ts";
import { defineConvolutionKernels } from "./convolution-family.ts";
import { type Convolution, fromChannelsLast, toChannelsLast } from "./convolution-shape.ts";
import { tuple } from "../../../common/at.ts";

/** Depthwise convolutions: one product per tap, elementwise along the channels, and a sum over the taps. */
function convolveDepthwise(graph: Graph, x: Value, filter: Value, convolution: Convolution): Value {
  const { windows, outputShape } = convolution;
  const padded = padImages(graph, toChannelsLast(graph, x, convolution), windows);
  const products = listTaps(windows).map((tap) => {
    const taken = splitChannels(graph, takeTap(graph, padded, windows, tap));
    return combine(graph, "Mul", taken, takeWeights(graph, filter, tap));
  });
  const sum = combineAll(graph, "Sum", products);
  return fromChannelsLast(graph, reshape(graph, sum, outputShape), convolution);
}

/** [batch, height, width, in] as [batch, height, width, in, 1]. */
function splitChannels(graph: Graph, images: Value): Value {
  return reshape(graph, images, [...images.shape, 1]);
}

/** One tap's weights, [in, multiplier]. */
function takeWeights(graph: Graph, filter: Value, [row, column]: Tap): Value {
  const [, , inputs, multiplier] = tuple(filter.shape, 4);
  const ranges = [
    { axis: 0, start: row, end: row + 1 },
    { axis: 1, start: column, end: column + 1 },
  ];
  return reshape(graph, slice(graph, filter, ranges), [inputs, multiplier]);
}

/** dy as [batch, height, width, in, multiplier]. */
function splitGradient(graph: Graph, dy: Value, convolution: Convolution): Value {
  const [batch, height, width] = convolution.outputShape;
  const [, , inputs, multiplier] = convolution.filterShape;
  return reshape(graph, toChannelsLast(graph, dy, convolution), [batch, height, width, inputs, multiplier]);
}

function convolveDepthwiseToInput(graph: Graph, dy: Value, filter: Value, convolution: Convolution): Value {
  const { windows, inputShape } = convolution;
  const gradient = splitGradient(graph, dy, convolution);
  const parts = listTaps(windows).map((tap) => {
    const product = combine(graph, "Mul", gradient, takeWeights(graph, filter, tap));
    const sum = reduce(graph, "ReduceSum", product, [4]);
    return [tap, reshape(graph, sum, sum.shape.slice(0, 4))] as const;
  });
  return fromChannelsLast(graph, addTaps(graph, parts, windows, [inputShape[1], inputShape[2]]), convolution);
}

function convolveDepthwiseToFilter(graph: Graph, x: Value, dy: Value, convolution: Convolution): Value {
  const { windows, filterShape }: { windows: Windows; filterShape: readonly number[] } = convolution;
  const padded = padImages(graph, toChannelsLast(graph, x, convolution), windows);
  const gradient = splitGradient(graph, dy, convolution);
  const sums = listTaps(windows).map((tap) => {
    const taken = splitChannels(graph, takeTap(graph, padded, windows, tap));
    return reduce(graph, "ReduceSum", combine(graph, "Mul", gradient, taken), [0, 1, 2]);
  });
  return reshape(graph, concat(graph, sums, 0), filterShape);
}

export const depthwiseKernels = defineConvolutionKernels({
  isDepthwise: true,
  names: {
    forward: "DepthwiseConv2dNative",
    fused: "FusedDepthwiseConv2D",
    toFilter: "DepthwiseConv2dNativeBackpropFilter",
    toInput: "DepthwiseConv2dNativeBackpropInput",
  },
  forward: convolveDepthwise,
  toFilter: convolveDepthwiseToFilter,
  toInput: convolveDepthwiseToInput,
});
