import { backend_util } from "@tensorflow/tfjs";
import type { Graph } from "../../graph/graph.ts";
import type { Value } from "../../graph/value.ts";
import type { KernelCall } from "../../kernel-call.ts";
import { transpose } from "../../operators/shape.ts";
import type { Windows } from "../../operators/windows.ts";

type Four = [number, number, number, number];

/** A 2-D convolution in TF.js's terms, with images as [batch, height, width, channels]. */
export interface Convolution {
  readonly windows: Windows;
  readonly inputShape: Four;
  readonly outputShape: Four;
  /** [height, width, in, out], or [height, width, in, multiplier] for a depthwise one. */
  readonly filterShape: Four;
  /** Whether TF.js's tensors have their channels first. */
  readonly isChannelsFirst: boolean;
  /** TF.js's shapes, in TF.js's layout. */
  readonly inputShapeAsGiven: Four;
  readonly outputShapeAsGiven: Four;
}

/** Reads strides, pad, dilations, dimRoundingMode and dataFormat of a convolution kernel. */
export function readConvolution(
  call: KernelCall,
  inputShape: readonly number[],
  filterShape: readonly number[],
  isDepthwise = false,
): Convolution {
  const format = call.has("dataFormat") ? call.text("dataFormat") : "NHWC";
  const isChannelsFirst = format === "NCHW";
  const info = backend_util.computeConv2DInfo(
    toFour(call, "input", inputShape),
    toFour(call, "filter", filterShape),
    readPair(call, "strides"),
    call.has("dilations") ? readPair(call, "dilations") : [1, 1],
    readPadding(call),
    readRounding(call),
    isDepthwise,
    isChannelsFirst ? "channelsFirst" : "channelsLast",
  );
  const { batchSize, padInfo } = info;
  return {
    windows: padToFit(
      {
        size: [info.filterHeight, info.filterWidth],
        dilation: [info.dilationHeight, info.dilationWidth],
        stride: [info.strideHeight, info.strideWidth],
        before: [padInfo.top, padInfo.left],
        after: [padInfo.bottom, padInfo.right],
        count: [info.outHeight, info.outWidth],
      },
      [info.inHeight, info.inWidth],
    ),
    inputShape: [batchSize, info.inHeight, info.inWidth, info.inChannels],
    outputShape: [batchSize, info.outHeight, info.outWidth, info.outChannels],
    filterShape: toFour(call, "filter", filterShape),
    isChannelsFirst,
    inputShapeAsGiven: info.inShape,
    outputShapeAsGiven: info.outShape,
  };
}

/** With a number as padding, TF.js 4.22 counts windows by the filter's height on both axes: the last may reach further. */
export function padToFit(windows: Windows, lengths: readonly [number, number]): Windows {
  const fit = (axis: 0 | 1) => {
    const last =
      (windows.count[axis] - 1) * windows.stride[axis] + (windows.size[axis] - 1) * windows.dilation[axis];
    return Math.max(windows.after[axis], last + 1 - windows.before[axis] - lengths[axis]);
  };
  return { ...windows, after: [fit(0), fit(1)] };
}

/** All that a convolution's graph depends on. */
export function describeConvolution(convolution: Convolution): string {
  return JSON.stringify(convolution);
}

export function toChannelsLast(graph: Graph, x: Value, { isChannelsFirst }: Convolution): Value {
  return isChannelsFirst ? transpose(graph, x, [0, 2, 3, 1]) : x;
}

export function fromChannelsLast(graph: Graph, x: Value, { isChannelsFirst }: Convolution): Value {
  return isChannelsFirst ? transpose(graph, x, [0, 3, 1, 2]) : x;
}

export function readPair(call: KernelCall, name: string): [number, number] {
  const [first, second = first] = call.numbers(name);
  if (first === undefined || second === undefined) return call.refuse(name, "one or two numbers", []);
  return [first, second];
}

type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Rounding = NonNullable<Parameters<typeof backend_util.computeConv2DInfo>[5]>;

export function readPadding(call: KernelCall): Padding {
  if (call.isList("pad")) {
    const [first, second, third, fourth] = call.pairs("pad");
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
      return call.refuse("pad", "four pairs of numbers", []);
    }
    return [first, second, third, fourth];
  }
  if (call.isNumber("pad")) return call.number("pad");
  const pad = call.text("pad");
  return pad === "valid" || pad === "same" ? pad : call.refuse("pad", "valid, same, or numbers", pad);
}

export function readRounding(call: KernelCall): Rounding | undefined {
  if (!call.has("dimRoundingMode")) return undefined;
  const mode = call.text("dimRoundingMode");
  if (mode === "floor" || mode === "round" || mode === "ceil") return mode;
  return call.refuse("dimRoundingMode", "floor, round or ceil", mode);
}

export function toFour(call: KernelCall, name: string, shape: readonly number[]): Four {
  const [a, b, c, d] = shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || shape.length !== 4) {
    return call.refuse(name, "a shape of rank 4", shape);
  }
  return [a, b, c, d];
}
