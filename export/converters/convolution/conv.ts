import * as z from "zod";
import { activationSchema, addActivation } from "../../graph/activation.ts";
import { dataFormatSchema, paddingSchema, perAxisSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, refuse, takeWeight } from "../../graph/layer-call.ts";
import { addPadding, makeWindows } from "../../graph/padding.ts";
import { transposeWeight } from "../../graph/weight.ts";
import { layoutOf, readSpatialSizes, toConvolutionInput } from "./data-format.ts";

/** `Conv`, channels first. */
export const Conv1D = defineConvConverter(1);
export const Conv2D = defineConvConverter(2);
export const Conv3D = defineConvConverter(3);

function defineConvConverter(axes: 1 | 2 | 3): Converter {
  return defineConverter({
    operators: "Conv; Pad, Shape and others for 'same' with a stride over an unknown size",
    config: z.object({
      kernelSize: perAxisSchema(axes),
      strides: perAxisSchema(axes),
      dilationRate: perAxisSchema(axes),
      padding: paddingSchema,
      dataFormat: dataFormatSchema,
      activation: activationSchema,
    }),
    convert: (graph, x, layer) => {
      const { kernelSize, strides, dilationRate, padding, dataFormat, activation } = layer.config;
      // TF.js 4.22 leaves the channels of a channelsFirst Conv1D last, against the shape that it promises.
      const isMixedUp =
        axes === 1 && "dataFormat" in layer.layer && layer.layer.dataFormat === "channelsFirst";
      if (isMixedUp)
        refuse(layer, "channelsLast", "channelsFirst, which TF.js answers in another order than it says");
      const windows = makeWindows(readSpatialSizes(x.dims, dataFormat), kernelSize, strides, dilationRate);
      const input = addPadding(graph, layer, toConvolutionInput(graph, x, dataFormat), padding, windows);
      // [...taps, in, out] -> [out, in, ...taps]
      const spatial = kernelSize.map((_, axis) => axis);
      const kernel = transposeWeight(takeWeight(layer, "kernel"), [axes + 1, axes, ...spatial]);
      const inputs = [input.x, graph.addParameter(layer.layer, "kernel", kernel)];
      const bias = layer.weights.get("bias");
      if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
      const y = graph.addNode("Conv", inputs, {
        strides,
        dilations: dilationRate,
        pads: input.pads,
        kernel_shape: kernelSize,
      });
      return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
    },
  });
}
