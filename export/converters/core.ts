import * as z from "zod";
import { activationSchema, addActivation } from "../graph/activation.ts";
import { anyConfigSchema } from "../graph/config-schemas.ts";
import { type Converter, defineConverter, makeOutput, takeWeight } from "../graph/converter.ts";

/** What only training does (dropout, noise) is the identity here: no node at all. */
export const convertTrainingOnly: Converter = defineConverter({
  operators: "none",
  config: anyConfigSchema,
  convert: (_graph, x) => x,
});

export const convertActivation: Converter = defineConverter({
  operators: "the activation's own",
  config: z.object({ activation: activationSchema }),
  convert: (graph, x, layer) => addActivation(graph, x, layer.config.activation),
});

/** Rank 2: `Gemm`. More axes: `MatMul` over the last one, and `Add`. */
export const convertDense: Converter = defineConverter({
  operators: "Gemm; MatMul, Add for rank 3 and more",
  config: z.object({ activation: activationSchema }),
  convert: (graph, x, layer) => {
    const kernel = graph.addParameter(layer.layer, "kernel", takeWeight(layer, "kernel"));
    const bias = layer.weights.get("bias");
    const biasName = bias && graph.addParameter(layer.layer, "bias", bias);
    const input = graph.toTfjsLayout(x);
    let y: string;
    if (x.dims.length === 2) {
      y = graph.addNode("Gemm", biasName === undefined ? [input, kernel] : [input, kernel, biasName]);
    } else {
      y = graph.addNode("MatMul", [input, kernel]);
      if (biasName !== undefined) y = graph.addNode("Add", [y, biasName]);
    }
    const output = makeOutput(layer, y, "as-in-tfjs", { masked: x.masked });
    return addActivation(graph, output, layer.config.activation);
  },
});
