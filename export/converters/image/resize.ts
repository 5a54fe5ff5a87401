import * as z from "zod";
import { dataFormatSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput } from "../../graph/layer-call.ts";
import { layoutOf, toConvolutionInput } from "../convolution/data-format.ts";
import { addPlaneResize, addResize, interpolationSchema, makeResizeAttributes } from "./add-resize.ts";

/** Larger by whole factors. */
export const UpSampling2D: Converter = defineConverter({
  operators: "Resize, Reshape, Shape, Slice, Concat",
  config: z.object({
    size: z.tuple([z.int().min(1), z.int().min(1)]), // TF.js takes 0 and gives nothing; ONNX has no such scale
    dataFormat: dataFormatSchema,
    interpolation: interpolationSchema,
  }),
  convert: (graph, x, layer) => {
    const { size, dataFormat, interpolation } = layer.config;
    const image = toConvolutionInput(graph, x, dataFormat);
    const scales = graph.addFloats("scales", [1, 1, ...size]);
    const attributes = makeResizeAttributes(interpolation, false);
    const y = addPlaneResize(graph, image, attributes, () => [scales]);
    return makeOutput(layer, y, layoutOf(dataFormat));
  },
});

/** To a fixed height and width. TF.js 4.22 aligns the corners unless cropToAspectRatio is set, which crops nothing. */
export const Resizing: Converter = defineConverter({
  operators: "Resize, Reshape, Shape, Slice, Concat",
  config: z.object({
    height: z.int().min(1),
    width: z.int().min(1),
    interpolation: interpolationSchema,
    cropToAspectRatio: z.boolean(),
  }),
  integers: "cast",
  convert: (graph, x, layer) => {
    const { height, width, interpolation, cropToAspectRatio } = layer.config;
    return addResize(graph, x, layer, { height, width, interpolation, alignCorners: !cropToAspectRatio });
  },
});
