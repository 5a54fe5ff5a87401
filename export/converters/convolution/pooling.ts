import * as z from "zod";
import {
  anyConfigSchema,
  dataFormatSchema,
  paddingSchema,
  perAxisSchema,
} from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, makeOutput } from "../../graph/layer-call.ts";
import { addPadding, addSpatialSizes, makeWindows, type WindowAxis } from "../../graph/padding.ts";
import { addReduction } from "../../graph/reduction.ts";
import { layoutOf, readSpatialSizes, toConvolutionInput } from "./data-format.ts";

export const MaxPooling1D = definePoolingConverter("MaxPool", 1);
export const MaxPooling2D = definePoolingConverter("MaxPool", 2);
export const MaxPooling3D = definePoolingConverter("MaxPool", 3);
export const AveragePooling1D = definePoolingConverter("AveragePool", 1);
export const AveragePooling2D = definePoolingConverter("AveragePool", 2);
export const AveragePooling3D = definePoolingConverter("AveragePool", 3);
export const GlobalAveragePooling1D = defineGlobalPoolingConverter("ReduceMean");
export const GlobalAveragePooling2D = defineGlobalPoolingConverter("ReduceMean");
export const GlobalMaxPooling1D = defineGlobalPoolingConverter("ReduceMax");
export const GlobalMaxPooling2D = defineGlobalPoolingConverter("ReduceMax");

/** Padding counts neither for the maximum nor, as in TensorFlow and ONNX's default, for the mean. */
function definePoolingConverter(opType: "MaxPool" | "AveragePool", axes: 1 | 2 | 3): Converter {
  return defineConverter({
    operators: `${opType}; Pad, Shape and others for 'same' with a stride over an unknown size`,
    config: z.object({
      poolSize: perAxisSchema(axes),
      strides: perAxisSchema(axes),
      padding: paddingSchema,
      dataFormat: dataFormatSchema,
    }),
    convert: (graph, x, layer) => {
      const { poolSize, strides, padding, dataFormat } = layer.config;
      const spatial = makeWindows(readSpatialSizes(x.dims, dataFormat), poolSize, strides);
      const windows = opType === "MaxPool" ? spatial.map(padInGraph) : spatial;
      const whole = toConvolutionInput(graph, x, dataFormat);
      const input = addPadding(graph, layer, whole, padding, windows, opType === "MaxPool" ? -Infinity : 0);
      const attributes = { kernel_shape: poolSize, strides, ...namePadding(opType, input.pads) };
      const pooled = graph.addNode(opType, [input.x], attributes);
      const y =
        opType === "AveragePool" && input.isPadded
          ? graph.addNode("Div", [pooled, addCountedFraction(graph, layer, whole, windows, attributes)])
          : pooled;
      return makeOutput(layer, y, layoutOf(dataFormat));
    },
  });
}

/**
 * ONNX Runtime 1.30 joins a Pad of zeros with the pooling behind it, also before a maximum, which takes minus infinity
 * from its padding: another answer for negative values, or a refusal (`pad_fusion.cc`). It joins none with `auto_pad`,
 * and no mean that has padding of its own.
 */
function namePadding(
  opType: "MaxPool" | "AveragePool",
  pads: readonly number[],
): { auto_pad: string } | { pads: readonly number[] } {
  if (pads.every((count) => count === 0)) return { auto_pad: "VALID" };
  return opType === "MaxPool" ? { auto_pad: "SAME_UPPER" } : { pads };
}

/** As if the size were unknown: ONNX Runtime 1.30 refuses SAME_UPPER with a stride that is longer than its window. */
function padInGraph(window: WindowAxis): WindowAxis {
  return window.stride > window.kernel ? { ...window, size: null } : window;
}

/** What fraction of each window lies in `x` and not in the padding that a Pad node added: the mean of padded ones. */
function addCountedFraction(
  graph: ExportGraph,
  layer: LayerCall,
  x: string,
  windows: readonly WindowAxis[],
  attributes: Parameters<ExportGraph["addNode"]>[2],
): string {
  const sizes = addSpatialSizes(graph, x, windows.length);
  const shape = graph.addNode("Concat", [graph.addInts([1, 1]), sizes], { axis: 0 });
  const ones = graph.addNode("Expand", [graph.addScalar(1), shape]);
  return graph.addNode("AveragePool", [addPadding(graph, layer, ones, "same", windows).x], attributes);
}

/** Over all spatial axes, in whatever layout x has: no transpose. */
function defineGlobalPoolingConverter(opType: "ReduceMean" | "ReduceMax"): Converter {
  return defineConverter({
    operators: opType,
    config: z.union([z.object({ dataFormat: dataFormatSchema }), anyConfigSchema]),
    ...(opType === "ReduceMean" && { integers: "cast" as const }),
    convert: (graph, x, layer) => {
      const { dataFormat = "channelsLast" } = layer.config;
      const spatial = x.dims
        .slice(2)
        .map((_, index) => (dataFormat === "channelsLast" ? index + 1 : index + 2));
      return makeOutput(layer, addReduction(graph, opType, x, spatial), "as-in-tfjs");
    },
  });
}
