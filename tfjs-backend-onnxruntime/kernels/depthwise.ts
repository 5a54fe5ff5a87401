import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { combine, combineAll } from "../operators/elementwise.ts";
import { reduce } from "../operators/reduce.ts";
import { concat, reshape, slice } from "../operators/shape.ts";
import { addTaps, listTaps, padImages, takeTap, type Tap, type Windows } from "../operators/windows.ts";
import { two } from "../recording/lower.ts";
import { activate } from "./activation.ts";
import {
  type Convolution,
  describeConvolution,
  fromChannelsLast,
  readConvolution,
  toChannelsLast,
} from "./convolution-shape.ts";
import type { Kernel } from "./kernel.ts";

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
  const [, , inputs = 1, multiplier = 1] = filter.shape;
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

const depthwiseConv2d: Kernel = {
  kernelName: "DepthwiseConv2dNative",
  record(backend, call) {
    const x = call.input("x");
    const filter = call.input("filter");
    const convolution = readConvolution(call, x.shape, filter.shape, true);
    const request = {
      kernelName: "DepthwiseConv2dNative",
      key: describeConvolution(convolution),
      inputs: [x, filter],
      lower: two((graph, images, weights) => convolveDepthwise(graph, images, weights, convolution)),
    };
    return backend.record(request, x.dtype, convolution.outputShapeAsGiven);
  },
};

const fusedDepthwiseConv2d: Kernel = {
  kernelName: "FusedDepthwiseConv2D",
  record(backend, call) {
    const x = call.input("x");
    const filter = call.input("filter");
    const convolution = readConvolution(call, x.shape, filter.shape, true);
    const after = activate(call);
    const request = {
      kernelName: "FusedDepthwiseConv2D",
      key: `${describeConvolution(convolution)} ${after.key}`,
      inputs: [x, filter, ...after.inputs],
      lower: (graph: Graph, [images, weights, ...others]: readonly Value[]) => {
        if (images === undefined || weights === undefined)
          return call.refuse("inputs", "x and filter", undefined);
        return after.lower(graph, convolveDepthwise(graph, images, weights, convolution), others);
      },
    };
    return backend.record(request, x.dtype, convolution.outputShapeAsGiven);
  },
};

const depthwiseBackpropFilter: Kernel = {
  kernelName: "DepthwiseConv2dNativeBackpropFilter",
  record(backend, call) {
    const x = call.input("x");
    const convolution = readConvolution(call, x.shape, call.numbers("filterShape"), true);
    const request = {
      kernelName: "DepthwiseConv2dNativeBackpropFilter",
      key: describeConvolution(convolution),
      inputs: [x, call.input("dy")],
      lower: two((graph, images, dy) => convolveDepthwiseToFilter(graph, images, dy, convolution)),
    };
    return backend.record(request, x.dtype, convolution.filterShape);
  },
};

const depthwiseBackpropInput: Kernel = {
  kernelName: "DepthwiseConv2dNativeBackpropInput",
  record(backend, call) {
    const dy = call.input("dy");
    const filter = call.input("filter");
    const convolution = readConvolution(call, call.numbers("inputShape"), filter.shape, true);
    const request = {
      kernelName: "DepthwiseConv2dNativeBackpropInput",
      key: describeConvolution(convolution),
      inputs: [dy, filter],
      lower: two((graph, gradient, weights) =>
        convolveDepthwiseToInput(graph, gradient, weights, convolution),
      ),
    };
    return backend.record(request, dy.dtype, convolution.inputShapeAsGiven);
  },
};

export const depthwiseKernels: readonly Kernel[] = [
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2d,
  fusedDepthwiseConv2d,
];
