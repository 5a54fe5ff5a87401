import * as z from "zod";
import { float } from "../../onnx/attributes.ts";
import { type Converter, defineConverter, makeOutput, refuse, takeWeight } from "../graph/converter.ts";
import { locateAxis, type Value } from "../graph/value.ts";
import { transposeWeight } from "../graph/weight.ts";

export const convertReLU: Converter = defineConverter({
  operators: "Relu; Clip with maxValue",
  config: z.object({ maxValue: z.number().nullish() }),
  convert: (graph, x, layer) => {
    const { maxValue } = layer.config;
    const y =
      typeof maxValue === "number"
        ? graph.addNode("Clip", [x.name, graph.addScalar(0), graph.addScalar(maxValue)])
        : graph.addNode("Relu", [x.name]);
    return makeOutput(layer, y, x.layout, { masked: x.masked });
  },
});

export const convertLeakyReLU: Converter = defineConverter({
  operators: "LeakyRelu",
  config: z.object({ alpha: z.number() }),
  convert: (graph, x, layer) =>
    makeOutput(layer, graph.addNode("LeakyRelu", [x.name], { alpha: float(layer.config.alpha) }), x.layout),
});

export const convertElu: Converter = defineConverter({
  operators: "Elu",
  config: z.object({ alpha: z.number() }),
  convert: (graph, x, layer) =>
    makeOutput(layer, graph.addNode("Elu", [x.name], { alpha: float(layer.config.alpha) }), x.layout),
});

export const convertThresholdedReLU: Converter = defineConverter({
  operators: "ThresholdedRelu",
  config: z.object({ theta: z.number() }),
  convert: (graph, x, layer) => {
    const y = graph.addNode("ThresholdedRelu", [x.name], { alpha: float(layer.config.theta) });
    return makeOutput(layer, y, x.layout);
  },
});

export const convertPReLU: Converter = defineConverter({
  operators: "PRelu",
  config: z.object({}),
  convert: (graph, x, layer) => {
    const alpha = takeWeight(layer, "alpha"); // one per place of a sample, its shared axes 1
    const last = alpha.dims.length - 1;
    const isMoved = x.layout === "channels-first" && last > 0;
    const order = [last, ...alpha.dims.slice(0, -1).map((_, axis) => axis)];
    const slope = isMoved ? transposeWeight(alpha, order) : alpha;
    const y = graph.addNode("PRelu", [x.name, graph.addParameter(layer.layer, "alpha", slope)]);
    return makeOutput(layer, y, x.layout, { masked: x.masked });
  },
});

export const convertSoftmax: Converter = defineConverter({
  operators: "Softmax; Exp, Sub, ReduceLogSumExp over several axes",
  limits: "no mask",
  config: z.object({ axis: z.union([z.number(), z.array(z.number())]) }),
  convert: (graph, x, layer) => {
    const { axis } = layer.config;
    if (x.masked) refuse(layer, "no mask", "one from a Masking or Embedding layer before it");
    const axes = (typeof axis === "number" ? [axis] : axis).map((one) => locateAxis(x, one));
    const [only] = axes;
    if (axes.length === 1 && only !== undefined) {
      return makeOutput(layer, graph.addNode("Softmax", [x.name], { axis: only }), x.layout);
    }
    const sum =
      graph.opset >= 18
        ? graph.addNode("ReduceLogSumExp", [x.name, graph.addInts(axes)], { keepdims: 1 })
        : graph.addNode("ReduceLogSumExp", [x.name], { axes, keepdims: 1 });
    const y: Value["name"] = graph.addNode("Exp", [graph.addNode("Sub", [x.name, sum])]);
    return makeOutput(layer, y, x.layout);
  },
});
