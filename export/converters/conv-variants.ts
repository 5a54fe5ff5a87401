import * as z from "zod";
import { activationSchema, addActivation } from "../graph/activation.ts";
import { dataFormatSchema, paddingSchema, perAxisSchema } from "../graph/config-schemas.ts";
import { type Converter, defineConverter, makeOutput, refuse, takeWeight } from "../graph/converter.ts";
import { computePads, makeWindows } from "../graph/padding.ts";
import { reshapeWeight, transposeWeight, type Weight } from "../graph/weight.ts";
import { layoutOf, readSpatialSizes, toConvolutionInput } from "./conv.ts";

const planeSchema = z.object({
  kernelSize: perAxisSchema(2),
  strides: perAxisSchema(2),
  dilationRate: perAxisSchema(2),
  padding: paddingSchema,
  dataFormat: dataFormatSchema,
  activation: activationSchema,
});

/** A convolution of its own for each channel: `Conv` with as many groups. TF.js 4.22 ignores this layer's dilation. */
export const convertDepthwiseConv2d: Converter = defineConverter({
  operators: "Conv with groups",
  limits: "'same' with a stride needs a known size; dilation is ignored, as TF.js does",
  config: planeSchema,
  convert: (graph, x, layer) => {
    const { kernelSize, strides, padding, dataFormat, activation } = layer.config;
    const kernel = takeWeight(layer, "depthwise_kernel");
    const sizes = readSpatialSizes(x.dims, dataFormat);
    const pads = computePads(layer, padding, makeWindows(sizes, kernelSize, strides));
    const inputs = [
      toConvolutionInput(graph, x, dataFormat),
      graph.addParameter(layer.layer, "depthwise_kernel", splitGroups(kernel)),
    ];
    const bias = layer.weights.get("bias");
    if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
    const y = graph.addNode("Conv", inputs, {
      ...{ group: kernel.dims[2] ?? 1, kernel_shape: kernelSize },
      ...{ strides, pads },
    });
    return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
  },
});

/** Depthwise, then a convolution of one tap. */
export const convertSeparableConv2d: Converter = defineConverter({
  operators: "Conv, twice",
  limits:
    "'same' with a stride needs a known size; channelsFirst without bias only (TF.js 4.22 adds it wrongly)",
  config: planeSchema,
  convert: (graph, x, layer) => {
    const { kernelSize, strides, dilationRate, padding, dataFormat, activation } = layer.config;
    const bias = layer.weights.get("bias");
    if (dataFormat === "channelsFirst" && bias !== undefined) {
      refuse(
        layer,
        "channelsLast, or no bias",
        "channelsFirst with a bias, which TF.js adds along the wrong axis",
      );
    }
    const kernel = takeWeight(layer, "depthwise_kernel");
    const sizes = readSpatialSizes(x.dims, dataFormat);
    const pads = computePads(layer, padding, makeWindows(sizes, kernelSize, strides, dilationRate));
    const depthwise = graph.addNode(
      "Conv",
      [
        toConvolutionInput(graph, x, dataFormat),
        graph.addParameter(layer.layer, "depthwise_kernel", splitGroups(kernel)),
      ],
      {
        ...{ group: kernel.dims[2] ?? 1, kernel_shape: kernelSize },
        ...{ strides, pads, dilations: dilationRate },
      },
    );
    const pointwise = transposeWeight(takeWeight(layer, "pointwise_kernel"), [3, 2, 0, 1]);
    const inputs = [depthwise, graph.addParameter(layer.layer, "pointwise_kernel", pointwise)];
    if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
    const y = graph.addNode("Conv", inputs, { kernel_shape: [1, 1] });
    return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
  },
});

export const convertConv2dTranspose = defineTransposeConverter(2);
export const convertConv3dTranspose = defineTransposeConverter(3);

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
    convert: (graph, x, layer) => {
      const { kernelSize, strides, padding, dataFormat, activation } = layer.config;
      // [...taps, out, in] -> [in, out, ...taps]
      const kernel = transposeWeight(takeWeight(layer, "kernel"), [
        ...[axes + 1, axes],
        ...kernelSize.map((_, axis) => axis),
      ]);
      const inputs = [
        toConvolutionInput(graph, x, dataFormat),
        graph.addParameter(layer.layer, "kernel", kernel),
      ];
      const bias = layer.weights.get("bias");
      if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
      // The output is size * stride ('same'), or longer by kernel - stride where that is positive ('valid').
      const excess = kernelSize.map((taps, axis) => taps - (strides[axis] ?? 1));
      const cut = excess.map((taps) => (padding === "same" ? Math.max(0, taps) : 0));
      const pads = [
        ...cut.map((total) => Math.floor(total / 2)),
        ...cut.map((total) => Math.ceil(total / 2)),
      ];
      const y = graph.addNode("ConvTranspose", inputs, {
        ...{ kernel_shape: kernelSize, strides, pads },
        output_padding: excess.map((taps) => Math.max(0, -taps)),
      });
      return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
    },
  });
}

/** [height, width, in, multiplier] -> [in * multiplier, 1, height, width]. */
function splitGroups(kernel: Weight): Weight {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = kernel.dims;
  return reshapeWeight(transposeWeight(kernel, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}
