import * as z from "zod";
import { at } from "../../../common/at.ts";
import { activationSchema, addActivation } from "../../graph/activation.ts";
import { dataFormatSchema, paddingSchema, perAxisSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, refuse, takeWeight } from "../../graph/layer-call.ts";
import { addPadding, makeWindows } from "../../graph/padding.ts";
import { reshapeWeight, transposeWeight, type Weight } from "../../graph/weight.ts";
import { layoutOf, readSpatialSizes, toConvolutionInput } from "./data-format.ts";

const planeSchema = z.object({
  kernelSize: perAxisSchema(2),
  strides: perAxisSchema(2),
  dilationRate: perAxisSchema(2),
  padding: paddingSchema,
  dataFormat: dataFormatSchema,
  activation: activationSchema,
});

/** A convolution of its own for each channel: `Conv` with as many groups. TF.js 4.22 ignores this layer's dilation. */
export const DepthwiseConv2D: Converter = defineConverter({
  operators: "Conv with groups",
  limits: "dilation is ignored, as TF.js does",
  config: planeSchema,
  convert: (graph, x, layer) => {
    const { kernelSize, strides, padding, dataFormat, activation } = layer.config;
    const kernel = takeWeight(layer, "depthwise_kernel");
    const windows = makeWindows(readSpatialSizes(x.dims, dataFormat), kernelSize, strides);
    const input = addPadding(graph, layer, toConvolutionInput(graph, x, dataFormat), padding, windows);
    const inputs = [input.x, graph.addParameter(layer.layer, "depthwise_kernel", splitGroups(kernel))];
    const bias = layer.weights.get("bias");
    if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
    const y = graph.addNode("Conv", inputs, {
      group: at(kernel.dims, 2),
      kernel_shape: kernelSize,
      strides,
      pads: input.pads,
    });
    return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
  },
});

/** Depthwise, then a convolution of one tap. */
export const SeparableConv2D: Converter = defineConverter({
  operators: "Conv, twice",
  limits: "channelsFirst without bias only (TF.js 4.22 adds it wrongly)",
  config: planeSchema,
  convert: (graph, x, layer) => {
    const { kernelSize, strides, dilationRate, padding, dataFormat, activation } = layer.config;
    const bias = layer.weights.get("bias");
    if (dataFormat === "channelsFirst" && bias !== undefined) {
      const actual = "channelsFirst with a bias, which TF.js adds along the wrong axis";
      refuse(layer, "channelsLast, or no bias", actual);
    }
    const kernel = takeWeight(layer, "depthwise_kernel");
    const windows = makeWindows(readSpatialSizes(x.dims, dataFormat), kernelSize, strides, dilationRate);
    const input = addPadding(graph, layer, toConvolutionInput(graph, x, dataFormat), padding, windows);
    const depthwise = graph.addNode(
      "Conv",
      [input.x, graph.addParameter(layer.layer, "depthwise_kernel", splitGroups(kernel))],
      {
        group: at(kernel.dims, 2),
        kernel_shape: kernelSize,
        strides,
        pads: input.pads,
        dilations: dilationRate,
      },
    );
    const pointwise = transposeWeight(takeWeight(layer, "pointwise_kernel"), [3, 2, 0, 1]);
    const inputs = [depthwise, graph.addParameter(layer.layer, "pointwise_kernel", pointwise)];
    if (bias !== undefined) inputs.push(graph.addParameter(layer.layer, "bias", bias));
    const y = graph.addNode("Conv", inputs, { kernel_shape: [1, 1] });
    return addActivation(graph, makeOutput(layer, y, layoutOf(dataFormat)), activation);
  },
});

/** [height, width, in, multiplier] -> [in * multiplier, 1, height, width]. */
function splitGroups(kernel: Weight): Weight {
  const groups = at(kernel.dims, 2) * at(kernel.dims, 3);
  return reshapeWeight(transposeWeight(kernel, [2, 3, 0, 1]), [groups, 1, ...kernel.dims.slice(0, 2)]);
}
