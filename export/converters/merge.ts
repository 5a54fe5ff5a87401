import * as z from "zod";
import { anyConfigSchema } from "../graph/config-schemas.ts";
import {
  type Converter,
  defineGeneralConverter,
  type LayerCall,
  makeOutput,
  refuse,
} from "../graph/converter.ts";
import type { ExportGraph } from "../graph/export-graph.ts";
import { locateAxis, type Value } from "../graph/value.ts";

export const convertAdd = defineMergeConverter("Add", (graph, names) => chain(graph, "Add", names));
export const convertMultiply = defineMergeConverter("Mul", (graph, names) => chain(graph, "Mul", names));
export const convertMaximum = defineMergeConverter("Max", (graph, names) => graph.addNode("Max", names));
export const convertMinimum = defineMergeConverter("Min", (graph, names) => graph.addNode("Min", names));
export const convertAverage = defineMergeConverter("Add, Mul", (graph, names) =>
  graph.addNode("Mul", [chain(graph, "Add", names), graph.addScalar(1 / names.length)]),
);

/** Joins along `axis`; channels-first inputs stay so. */
export const convertConcatenate: Converter = defineGeneralConverter({
  operators: "Concat",
  config: z.object({ axis: z.int() }),
  convert: (graph, inputs, layer) => {
    const first = takeFirst(inputs, layer);
    const names = inputs.map((input) => graph.toLayout(input, first.layout));
    const y = graph.addNode("Concat", names, { axis: locateAxis(first, layer.config.axis) });
    return [makeOutput(layer, y, first.layout, { elementType: first.elementType, masked: isMasked(inputs) })];
  },
});

function defineMergeConverter(
  operators: string,
  merge: (graph: ExportGraph, names: readonly string[]) => string,
): Converter {
  return defineGeneralConverter({
    operators,
    config: anyConfigSchema,
    convert: (graph, inputs, layer) => {
      const first = takeFirst(inputs, layer);
      const rank = Math.max(...inputs.map(({ dims }) => dims.length));
      const isEven = inputs.every(({ dims }) => dims.length === rank);
      // Where ranks differ, TF.js puts axes of length 1 after the batch; that is simplest in its own layout.
      const layout = isEven ? first.layout : "as-in-tfjs";
      const names = inputs.map((input) => {
        const name = graph.toLayout(input, layout);
        const missing = Array.from({ length: rank - input.dims.length }, (_, index) => index + 1);
        return missing.length === 0 ? name : graph.addNode("Unsqueeze", [name, graph.addInts(missing)]);
      });
      const y = merge(graph, names);
      return [makeOutput(layer, y, layout, { elementType: first.elementType, masked: isMasked(inputs) })];
    },
  });
}

function chain(graph: ExportGraph, opType: "Add" | "Mul", names: readonly string[]): string {
  return names.reduce((sum, name) => graph.addNode(opType, [sum, name]));
}

export function takeFirst(inputs: readonly Value[], layer: LayerCall): Value {
  const [first] = inputs;
  if (first === undefined) refuse(layer, "at least one input", "none");
  return first;
}

function isMasked(inputs: readonly Value[]): boolean {
  return inputs.some(({ masked }) => masked);
}
