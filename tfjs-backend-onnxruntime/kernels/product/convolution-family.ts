import type { TensorInfo } from "@tensorflow/tfjs";
import type { Graph } from "../../graph/graph.ts";
import type { Shape, Value } from "../../graph/value.ts";
import type { KernelCall } from "../../kernel-call.ts";
import { two } from "../../recording/lower.ts";
import { activate } from "../elementwise/activation.ts";
import { type Convolution, describeConvolution, readConvolution } from "./convolution-shape.ts";
import type { Kernel } from "../kernel.ts";

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
  const { names, isDepthwise } = family;
  return [
    defineKernel(names.forward, family.forward, (call) => {
      const [x, filter] = [call.input("x"), call.input("filter")];
      const convolution = readConvolution(call, x.shape, filter.shape, isDepthwise);
      return { inputs: [x, filter], convolution, shape: convolution.outputShapeAsGiven };
    }),
    defineKernel(names.toFilter, family.toFilter, (call) => {
      const x = call.input("x");
      const convolution = readConvolution(call, x.shape, call.numbers("filterShape"), isDepthwise);
      return { inputs: [x, call.input("dy")], convolution, shape: convolution.filterShape };
    }),
    defineKernel(names.toInput, family.toInput, (call) => {
      const [dy, filter] = [call.input("dy"), call.input("filter")];
      const convolution = readConvolution(call, call.numbers("inputShape"), filter.shape, isDepthwise);
      return { inputs: [dy, filter], convolution, shape: convolution.inputShapeAsGiven };
    }),
    defineFused(family),
  ];
}

interface ConvolutionCall {
  /** What `Lowering` computes with, in its order. */
  readonly inputs: readonly [TensorInfo, TensorInfo];
  readonly convolution: Convolution;
  /** Of the result, as TF.js lays it out. */
  readonly shape: Shape;
}

function defineKernel(
  kernelName: string,
  lower: Lowering,
  read: (call: KernelCall) => ConvolutionCall,
): Kernel {
  return {
    kernelName,
    record(backend, call) {
      const { inputs, convolution, shape } = read(call);
      const request = {
        kernelName,
        key: describeConvolution(convolution),
        inputs,
        lower: two((graph, first, second) => lower(graph, first, second, convolution)),
      };
      return backend.record(request, inputs[0].dtype, shape);
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
        inputs: [x, filter, ...after.inputs.map((info) => alignChannels(info, convolution))],
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

/** One number a channel, so that it broadcasts to images in TF.js's layout. */
function alignChannels(info: TensorInfo, { isChannelsFirst }: Convolution): TensorInfo {
  return isChannelsFirst && info.shape.length === 1 ? { ...info, shape: [...info.shape, 1, 1] } : info;
}
