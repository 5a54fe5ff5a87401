import * as z from "zod";
import { at } from "../../../common/at.ts";
import { activationSchema, addActivation } from "../../graph/activation.ts";
import { dataFormatSchema, paddingSchema, perAxisSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, takeWeight } from "../../graph/layer-call.ts";
import { transposeWeight } from "../../graph/weight.ts";
import { layoutOf, toConvolutionInput } from "./data-format.ts";

/** Fractionally strided convolution: the output is longer than the input by the stride, whatever its size. */
export const Conv2DTranspose = defineTransposeConverter(2);
export const Conv3DTranspose = defineTransposeConverter(3);

function defineTransposeConverter(axes: 2 | 3): Converter {
  return defineConverter({
    operators: "ConvTranspose",
    config: z.object({
      kernelSize: perAxisSchema(axes),
      strides: perAxisSchema(axes),
      padding: paddingSchema,
      dataFormat: dataFormatSchema,
      activation: activationSchema,
    }),
    integers: "cast",
    convert: (graph, x, layer) => {
      const { kernelSize, strides, padding, dataFormat, activation } = layer.config;
      // [...taps, out, in] -> [in, out, ...taps]
      const order = [axes + 1, axes, ...kernelSize.map((_, axis) => axis)];
      const kernel = transposeWeight(takeWeight(layer, "kernel"), order);
      const inputs = [
        toConvolutionInput(graph, x, dataFormat),
        graph.addParameter(layer.layer, "kernel", kernel),
      ];
      const bias = layer.weights.get("bias");
      if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
      // The output is size * stride ('same'), or longer by kernel - stride where that is positive ('valid').
      const excess = kernelSize.map((taps, axis) => taps - at(strides, axis));
      const cut = excess.map((taps) => (padding === "same" ? Math.max(0, taps) : 0));
      const y = graph.addNode("ConvTranspose", inputs, {
        kernel_shape: kernelSize,
        strides,
        pads: [...cut.map((total) => Math.floor(total / 2)), ...cut.map((total) => Math.ceil(total / 2))],
        output_padding: excess.map((taps) => Math.max(0, -taps)),
      });
      return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
    },
  });
}
