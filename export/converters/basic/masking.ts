import * as z from "zod";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { makeOutput, refuse, takeFirst } from "../../graph/layer-call.ts";
import { addReduction } from "../../graph/reduction.ts";
import type { Value } from "../../graph/value.ts";

/** Zero where a whole time step is the mask value; recurrent layers after it skip these steps. */
export const Masking: Converter = defineConverter({
  operators: "Equal, Not, Cast, ReduceMax, Mul",
  config: z.object({ maskValue: z.number() }),
  integers: "keep",
  convert: (graph, x, layer) => {
    if (x.elementType === "bool") refuse(layer, "a float32 or int32 input", `bool from ${x.name}`);
    const steps = addSteps(graph, x, layer.config.maskValue, true);
    const y = graph.addNode("Mul", [x.name, graph.castTo(steps, "float32", x.elementType)]);
    return makeOutput(layer, y, x.layout, { elementType: x.elementType });
  },
  convertMask: (graph, inputs, layer) => {
    const x = takeFirst(inputs, layer);
    const inOrder = { ...x, name: graph.toTfjsLayout(x), layout: "as-in-tfjs" } as const;
    const steps = addSteps(graph, inOrder, layer.config.maskValue, false);
    return { name: graph.castTo(steps, "float32", "bool"), dims: x.dims.slice(0, -1) };
  },
});

/** 1 for the steps of which any number differs from `value`, else 0, in float32: over the last axis. */
function addSteps(graph: ExportGraph, x: Value, value: number, keepAxes: boolean): string {
  const numbers = graph.castTo(x.name, x.elementType, "float32"); // as TF.js compares them
  const differs = graph.addNode("Not", [graph.addNode("Equal", [numbers, graph.addScalar(value)])]);
  const name = graph.castTo(differs, "bool", "float32");
  return addReduction(graph, "ReduceMax", { ...x, name, elementType: "float32" }, [-1], { keepAxes });
}

/** Indices, whatever type they come in, to rows of the table; with maskZero, 0 marks steps that do not count. */
export const Embedding: Converter = defineConverter({
  operators: "Gather",
  config: z.object({ maskZero: z.boolean().nullish() }),
  integers: "keep",
  convert: (graph, x, layer) => {
    const table = layer.weights.get("embeddings");
    if (table === undefined) refuse(layer, "a table of embeddings", "none");
    const indices = graph.castTo(graph.toTfjsLayout(x), x.elementType, "int32");
    const inputs = [graph.addParameter(layer.layer, "embeddings", table), indices];
    return makeOutput(layer, graph.addNode("Gather", inputs, { axis: 0 }), "as-in-tfjs");
  },
  convertMask: (graph, inputs, layer) => {
    if (layer.config.maskZero !== true) return null;
    const x = takeFirst(inputs, layer);
    // The numbers as they come: 0.4 does not equal 0, though it is the index 0.
    const numbers = graph.castTo(graph.toTfjsLayout(x), x.elementType, "float32");
    const isZero = graph.addNode("Equal", [numbers, graph.addScalar(0)]);
    return { name: graph.addNode("Not", [isZero]), dims: x.dims };
  },
});
