import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { two } from "../recording/lower.ts";
import { activate } from "./activation.ts";
import { type Convolution, describeConvolution, readConvolution } from "./convolution-shape.ts";
import type { Kernel } from "./kernel.ts";

type Lowering = (graph: Graph, first: Value, second: Value, convolution: Convolution) => Value;

/** What one kind of convolution computes, and what TF.js calls its kernels. */
interface ConvolutionFamily {
  readonly isDepthwise: boolean;
  readonly names: {
    readonly forward: string;
    readonly fused: string;
    readonly toFilter: string;
    readonly toInput: string;
  };
  /** Images and filter to images. */
  readonly forward: Lowering;
  /** Images and the result's gradient to the filter's. */
  readonly toFilter: Lowering;
  /** The result's gradient and the filter to the images' gradient. */
  readonly toInput: Lowering;
}

/** The four kernels of one kind of convolution: forward, with bias and activation, and both gradients. */
export function defineConvolutionKernels(family: ConvolutionFamily): readonly Kernel[] {
  return [defineForward(family), defineToFilter(family), defineToInput(family), defineFused(family)];
}

function defineForward({ names, forward, isDepthwise }: ConvolutionFamily): Kernel {
  return {
    kernelName: names.forward,
    record(backend, call) {
      const x = call.input("x");
      const filter = call.input("filter");
      const convolution = readConvolution(call, x.shape, filter.shape, isDepthwise);
      const request = {
        kernelName: names.forward,
        key: describeConvolution(convolution),
        inputs: [x, filter],
        lower: two((graph, images, weights) => forward(graph, images, weights, convolution)),
      };
      return backend.record(request, x.dtype, convolution.outputShapeAsGiven);
    },
  };
}

function defineFused({ names, forward, isDepthwise }: ConvolutionFamily): Kernel {
  return {
    kernelName: names.fused,
    record(backend, call) {
      const x = call.input("x");
      const filter = call.input("filter");
      const convolution = readConvolution(call, x.shape, filter.shape, isDepthwise);
      const after = activate(call);
      const request = {
        kernelName: names.fused,
        key: `${describeConvolution(convolution)} ${after.key}`,
        inputs: [x, filter, ...after.inputs],
        lower: (graph: Graph, [images, weights, ...others]: readonly Value[]) => {
          if (images === undefined || weights === undefined)
            return call.refuse("inputs", "x and filter", undefined);
          return after.lower(graph, forward(graph, images, weights, convolution), others);
        },
      };
      return backend.record(request, x.dtype, convolution.outputShapeAsGiven);
    },
  };
}

function defineToFilter({ names, toFilter, isDepthwise }: ConvolutionFamily): Kernel {
  return {
    kernelName: names.toFilter,
    record(backend, call) {
      const x = call.input("x");
      const convolution = readConvolution(call, x.shape, call.numbers("filterShape"), isDepthwise);
      const request = {
        kernelName: names.toFilter,
        key: describeConvolution(convolution),
        inputs: [x, call.input("dy")],
        lower: two((graph, images, dy) => toFilter(graph, images, dy, convolution)),
      };
      return backend.record(request, x.dtype, convolution.filterShape);
    },
  };
}

function defineToInput({ names, toInput, isDepthwise }: ConvolutionFamily): Kernel {
  return {
    kernelName: names.toInput,
    record(backend, call) {
      const dy = call.input("dy");
      const filter = call.input("filter");
      const convolution = readConvolution(call, call.numbers("inputShape"), filter.shape, isDepthwise);
      const request = {
        kernelName: names.toInput,
        key: describeConvolution(convolution),
        inputs: [dy, filter],
        lower: two((graph, gradient, weights) => toInput(graph, gradient, weights, convolution)),
      };
      return backend.record(request, dy.dtype, convolution.inputShapeAsGiven);
    },
  };
}
