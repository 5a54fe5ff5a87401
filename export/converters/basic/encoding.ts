import * as z from "zod";
import { floats } from "../../../onnx/attributes.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput, refuse } from "../../graph/layer-call.ts";
import { addReduction } from "../../graph/reduction.ts";
import type { Value } from "../../graph/value.ts";

/** scale x + offset, in float32. */
export const Rescaling: Converter = defineConverter({
  operators: "Mul, Add",
  config: z.object({ scale: z.number(), offset: z.number() }),
  integers: "cast",
  convert: (graph, x, layer) => {
    const { scale, offset } = layer.config;
    const scaled = graph.addNode("Mul", [x.name, graph.addScalar(scale)]);
    const y = offset === 0 ? scaled : graph.addNode("Add", [scaled, graph.addScalar(offset)]);
    return makeOutput(layer, y, x.layout);
  },
});

/** Counts, or presence, of each token in a row of token numbers. */
export const CategoryEncoding: Converter = defineConverter({
  operators: "OneHot, ReduceMax or ReduceSum",
  limits: "without count weights, which are no input of the layer's graph",
  config: z.object({ numTokens: z.int(), outputMode: z.enum(["multiHot", "oneHot", "count"]) }),
  integers: "keep",
  convert: (graph, x, layer) => {
    const { numTokens, outputMode } = layer.config;
    if (x.dims.length !== 2) refuse(layer, "[batch, tokens]", `rank ${x.dims.length}`);
    const indices = graph.castTo(x.name, x.elementType, "int64");
    const offAndOn = graph.addNode("Constant", [], { value_floats: floats([0, 1]) });
    const rows = graph.addNode("OneHot", [indices, graph.addInts([numTokens]), offAndOn], { axis: -1 });
    const encoded: Value = {
      name: rows,
      layout: "as-in-tfjs",
      dims: [...x.dims, numTokens],
      elementType: "float32",
      mask: null,
    };
    const y =
      outputMode === "count"
        ? graph.addNode("ReduceSum", [rows, graph.addInts([1])], { keepdims: 0 })
        : addReduction(graph, "ReduceMax", encoded, [1]);
    return makeOutput(layer, y, "as-in-tfjs");
  },
});
