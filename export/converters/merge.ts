import * as z from "zod";
import { type Converter, defineGeneralConverter, makeOutput, refuse } from "../converter.ts";
import { locateAxis } from "../value.ts";

/** Joins along `axis`; channels-first inputs stay so. */
export const convertConcatenate: Converter = defineGeneralConverter({
  operators: "Concat",
  config: z.object({ axis: z.int() }),
  convert: (graph, inputs, layer) => {
    const [first] = inputs;
    if (first === undefined) refuse(layer, "at least one input", "none");
    const { layout } = first;
    const names = inputs.map((input) => graph.toLayout(input, layout));
    const y = graph.addNode("Concat", names, { axis: locateAxis(first, layer.config.axis) });
    return [makeOutput(layer, y, layout, { elementType: first.elementType })];
  },
});
