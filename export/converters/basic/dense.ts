import * as z from "zod";
import { activationSchema, addActivation } from "../../graph/activation.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, takeWeight } from "../../graph/layer-call.ts";

/** Rank 2: `Gemm`. More axes: `MatMul` over the last one, and `Add`. */
export const Dense: Converter = defineConverter({
  operators: "Gemm; MatMul, Add for rank 3 and more",
  config: z.object({ activation: activationSchema }),
  integers: "cast",
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
    return addActivation(graph, makeOutput(layer, y, "as-in-tfjs"), layer.config.activation);
  },
});
