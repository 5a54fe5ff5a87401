import type { ExportGraph } from "./export-graph.ts";
import { locateAxis, type Value } from "./value.ts";

/** Reduces `axes` (TF.js's order) in whatever layout x has. From opset 18 on (ReduceMax too) the axes are an input. */
export function addReduction(
  graph: ExportGraph,
  opType: "ReduceMean" | "ReduceMax",
  x: Value,
  axes: readonly number[],
  options: { readonly keepAxes?: boolean } = {},
): string {
  const keepdims = options.keepAxes === true ? 1 : 0;
  const located = axes.map((axis) => locateAxis(x, axis)).sort((one, other) => one - other);
  return graph.opset >= 18
    ? graph.addNode(opType, [x.name, graph.addInts(located)], { keepdims })
    : graph.addNode(opType, [x.name], { axes: located, keepdims });
}
