import * as z from "zod";
import { activationSchema, addActivation } from "../graph/activation.ts";
import { dataFormatSchema, paddingSchema, perAxisSchema } from "../graph/config-schemas.ts";
import { type Converter, defineConverter, makeOutput, refuse, takeWeight } from "../graph/converter.ts";
import { computePads, makeWindows } from "../graph/padding.ts";
import type { ExportGraph } from "../graph/export-graph.ts";
import type { Dims, Value } from "../graph/value.ts";
import { transposeWeight } from "../graph/weight.ts";

/** Conv1D, Conv2D and Conv3D: `Conv`, channels first. */
export const convertConv1d = defineConvConverter(1);
export const convertConv2d = defineConvConverter(2);
export const convertConv3d = defineConvConverter(3);

function defineConvConverter(axes: 1 | 2 | 3): Converter {
  const config = z.object({
    kernelSize: perAxisSchema(axes),
    strides: perAxisSchema(axes),
    dilationRate: perAxisSchema(axes),
    padding: paddingSchema,
    dataFormat: dataFormatSchema,
    activation: activationSchema,
  });
  return defineConverter({
    operators: "Conv",
    limits: "'same' with a stride needs a known size",
    config,
    convert: (graph, x, layer) => {
      const { kernelSize, strides, dilationRate, padding, dataFormat, activation } = layer.config;
      // TF.js 4.22 leaves the channels of a channelsFirst Conv1D last, against the shape that it promises.
      const isMixedUp =
        axes === 1 && "dataFormat" in layer.layer && layer.layer.dataFormat === "channelsFirst";
      if (isMixedUp)
        refuse(layer, "channelsLast", "channelsFirst, which TF.js answers in another order than it says");
      const sizes = readSpatialSizes(x.dims, dataFormat);
      const pads = computePads(layer, padding, makeWindows(sizes, kernelSize, strides, dilationRate));
      // [...taps, in, out] -> [out, in, ...taps]
      const spatial = kernelSize.map((_, axis) => axis);
      const kernel = transposeWeight(takeWeight(layer, "kernel"), [axes + 1, axes, ...spatial]);
      const inputs = [
        toConvolutionInput(graph, x, dataFormat),
        graph.addParameter(layer.layer, "kernel", kernel),
      ];
      const bias = layer.weights.get("bias");
      if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
      const y = graph.addNode("Conv", inputs, {
        strides,
        dilations: dilationRate,
        pads,
        kernel_shape: kernelSize,
      });
      return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
    },
  });
}

type DataFormat = z.infer<typeof dataFormatSchema>;

/** Sizes of the axes that a window moves over. */
export function readSpatialSizes(dims: Dims, dataFormat: DataFormat): Dims {
  return dataFormat === "channelsLast" ? dims.slice(1, -1) : dims.slice(2);
}

/** A layer whose dataFormat is channelsFirst has in TF.js what ONNX wants. */
export function toConvolutionInput(graph: ExportGraph, x: Value, dataFormat: DataFormat): string {
  return dataFormat === "channelsLast" ? graph.toChannelsFirst(x) : graph.toTfjsLayout(x);
}

/** The layout of what a convolution or pooling then gives. */
export function layoutOf(dataFormat: DataFormat): Value["layout"] {
  return dataFormat === "channelsLast" ? "channels-first" : "as-in-tfjs";
}
