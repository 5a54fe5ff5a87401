import * as z from "zod";
import { anyConfigSchema, dataFormatSchema, paddingSchema, perAxisSchema } from "../graph/config-schemas.ts";
import { type Converter, defineConverter, makeOutput } from "../graph/converter.ts";
import { computePads, makeWindows } from "../graph/padding.ts";
import { addReduction } from "../graph/reduction.ts";
import { layoutOf, readSpatialSizes, toConvolutionInput } from "./conv.ts";

export const convertMaxPooling1d = definePoolingConverter("MaxPool", 1);
export const convertMaxPooling2d = definePoolingConverter("MaxPool", 2);
export const convertMaxPooling3d = definePoolingConverter("MaxPool", 3);
export const convertAveragePooling1d = definePoolingConverter("AveragePool", 1);
export const convertAveragePooling2d = definePoolingConverter("AveragePool", 2);
export const convertAveragePooling3d = definePoolingConverter("AveragePool", 3);
export const convertGlobalAveragePooling1d = defineGlobalPoolingConverter("ReduceMean");
export const convertGlobalAveragePooling2d = defineGlobalPoolingConverter("ReduceMean");
export const convertGlobalMaxPooling1d = defineGlobalPoolingConverter("ReduceMax");
export const convertGlobalMaxPooling2d = defineGlobalPoolingConverter("ReduceMax");

/** Padding counts neither for the maximum nor, as in TensorFlow and ONNX's default, for the mean. */
function definePoolingConverter(opType: "MaxPool" | "AveragePool", axes: 1 | 2 | 3): Converter {
  return defineConverter({
    operators: opType,
    limits: "'same' with a stride needs a known size",
    config: z.object({
      poolSize: perAxisSchema(axes),
      strides: perAxisSchema(axes),
      padding: paddingSchema,
      dataFormat: dataFormatSchema,
    }),
    convert: (graph, x, layer) => {
      const { poolSize, strides, padding, dataFormat } = layer.config;
      const sizes = readSpatialSizes(x.dims, dataFormat);
      const pads = computePads(layer, padding, makeWindows(sizes, poolSize, strides));
      const input = toConvolutionInput(graph, x, dataFormat);
      const y = graph.addNode(opType, [input], { kernel_shape: poolSize, strides, pads });
      return makeOutput(layer, y, layoutOf(dataFormat));
    },
  });
}

/** Over all spatial axes, in whatever layout x has: no transpose. */
function defineGlobalPoolingConverter(opType: "ReduceMean" | "ReduceMax"): Converter {
  return defineConverter({
    operators: opType,
    config: z.union([z.object({ dataFormat: dataFormatSchema }), anyConfigSchema]),
    convert: (graph, x, layer) => {
      const { dataFormat = "channelsLast" } = layer.config;
      const spatial = x.dims
        .slice(2)
        .map((_, index) => (dataFormat === "channelsLast" ? index + 1 : index + 2));
      const y = addReduction(graph, opType, x, spatial);
      return makeOutput(layer, y, "as-in-tfjs");
    },
  });
}
