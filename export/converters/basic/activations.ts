import * as z from "zod";
import { at } from "../../../common/at.ts";
import { float } from "../../../onnx/attributes.ts";
import {
  type Activation as ActivationName,
  activationSchema,
  addActivation,
} from "../../graph/activation.ts";
import { castToFloat, type Converter, defineConverter, expectFloat } from "../../graph/converter.ts";
import { makeOutput, refuse, takeWeight } from "../../graph/layer-call.ts";
import { addReduction } from "../../graph/reduction.ts";
import { locateAxis } from "../../graph/value.ts";
import { transposeWeight } from "../../graph/weight.ts";

/** Activations that TF.js computes in float32 for an int32 input; of the others it throws, or cuts fractions off. */
const upcasting: readonly ActivationName[] = [
  "hardSigmoid",
  "softsign",
  "gelu",
  "gelu_new",
  "swish",
  "relu6",
];

export const Activation: Converter = defineConverter({
  operators: "the activation's own",
  config: z.object({ activation: activationSchema }),
  integers: "keep",
  convert: (graph, x, layer) => {
    const { activation } = layer.config;
    if (activation === "linear") return x;
    const input = upcasting.includes(activation) ? castToFloat(graph, x) : expectFloat(layer, x);
    return addActivation(graph, input, activation);
  },
});

export const ReLU: Converter = defineConverter({
  operators: "Relu; Clip with maxValue",
  config: z.object({ maxValue: z.number().nullish() }),
  convert: (graph, x, layer) => {
    const { maxValue } = layer.config;
    const y =
      typeof maxValue === "number"
        ? graph.addNode("Clip", [x.name, graph.addScalar(0), graph.addScalar(maxValue)])
        : graph.addNode("Relu", [x.name]);
    return makeOutput(layer, y, x.layout);
  },
});

export const LeakyReLU: Converter = defineConverter({
  operators: "LeakyRelu",
  config: z.object({ alpha: z.number() }),
  integers: "cast",
  convert: (graph, x, layer) =>
    makeOutput(layer, graph.addNode("LeakyRelu", [x.name], { alpha: float(layer.config.alpha) }), x.layout),
});

export const ELU: Converter = defineConverter({
  operators: "Elu",
  config: z.object({ alpha: z.number() }),
  convert: (graph, x, layer) =>
    makeOutput(layer, graph.addNode("Elu", [x.name], { alpha: float(layer.config.alpha) }), x.layout),
});

export const ThresholdedReLU: Converter = defineConverter({
  operators: "ThresholdedRelu",
  config: z.object({ theta: z.number() }),
  integers: "cast",
  convert: (graph, x, layer) => {
    const y = graph.addNode("ThresholdedRelu", [x.name], { alpha: float(layer.config.theta) });
    return makeOutput(layer, y, x.layout);
  },
});

export const PReLU: Converter = defineConverter({
  operators: "PRelu",
  config: z.object({}),
  integers: "cast",
  convert: (graph, x, layer) => {
    const alpha = takeWeight(layer, "alpha"); // one per place of a sample, its shared axes 1
    const last = alpha.dims.length - 1;
    const isMoved = x.layout === "channels-first" && last > 0;
    const order = [last, ...alpha.dims.slice(0, -1).map((_, axis) => axis)];
    const slope = isMoved ? transposeWeight(alpha, order) : alpha;
    const y = graph.addNode("PRelu", [x.name, graph.addParameter(layer.layer, "alpha", slope)]);
    return makeOutput(layer, y, x.layout);
  },
});

export const Softmax: Converter = defineConverter({
  operators: "Softmax; Exp, Sub, ReduceLogSumExp over several axes",
  limits: "no mask",
  config: z.object({ axis: z.union([z.number(), z.array(z.number())]) }),
  convert: (graph, x, layer) => {
    const { axis } = layer.config;
    if (layer.mask !== null) refuse(layer, "no mask", "one from a Masking or Embedding layer before it");
    const axes = typeof axis === "number" ? [axis] : axis;
    if (axes.length === 1) {
      const attributes = { axis: locateAxis(x, at(axes, 0)) };
      return makeOutput(layer, graph.addNode("Softmax", [x.name], attributes), x.layout);
    }
    const sum = addReduction(graph, "ReduceLogSumExp", x, axes, { keepAxes: true });
    return makeOutput(layer, graph.addNode("Exp", [graph.addNode("Sub", [x.name, sum])]), x.layout);
  },
});
