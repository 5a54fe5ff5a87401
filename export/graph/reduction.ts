import type { ExportGraph } from "./export-graph.ts";
import { locateAxis, type Value } from "./value.ts";

/** Whose axes became an input in opset 18; ReduceSum's did in 13. */
type Reduction = "ReduceMean" | "ReduceMax" | "ReduceLogSumExp";

/** Reduces `axes` (TF.js's order, may be negative) in whatever layout x has. */
export function addReduction(
  graph: ExportGraph,
  opType: Reduction,
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
