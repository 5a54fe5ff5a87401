import * as z from "zod";
import { at } from "../../../common/at.ts";
import { float } from "../../../onnx/attributes.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, makeOutput, refuse } from "../../graph/layer-call.ts";
import { addReduction } from "../../graph/reduction.ts";
import type { Value } from "../../graph/value.ts";
import { reshapeWeight, type Weight } from "../../graph/weight.ts";

/** tf.layers' LayerNormalization, over any axes. */
export const LayerNormalization: Converter = defineConverter({
  operators: "LayerNormalization; its parts below opset 17 or over other than the last axes",
  config: z.object({
    axis: z
      .union([z.int(), z.array(z.int())])
      .transform((axis) => (typeof axis === "number" ? [axis] : axis)),
    epsilon: z.number(),
  }),
  convert: (graph, x, layer) => addLayerNorm(graph, x, layer, layer.config.axis),
});

/** Our own layer (models/layers/layer-norm.ts): the last axis. */
export const LayerNorm: Converter = defineConverter({
  operators: "LayerNormalization; its parts below opset 17",
  config: z.object({ epsilon: z.number() }),
  convert: (graph, x, layer) => addLayerNorm(graph, x, layer, [-1]),
});

function addLayerNorm(
  graph: ExportGraph,
  x: Value,
  layer: LayerCall<{ readonly epsilon: number }>,
  axes: readonly number[],
): Value {
  const rank = x.dims.length;
  const sorted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((one, other) => one - other);
  const first = at(sorted, 0);
  const isTrailing = sorted.length === rank - first;
  const input = { ...x, name: graph.toTfjsLayout(x), layout: "as-in-tfjs" } as const;
  const gamma = layer.weights.get("gamma");
  const beta = layer.weights.get("beta");
  // Weights with dims that broadcast against x.
  const widen = (weight: Weight): Weight => {
    const dims = x.dims.map((size, axis) => {
      if (!sorted.includes(axis)) return 1;
      return size ?? refuse(layer, "axes of known size", `an unknown one at ${axis}`);
    });
    return reshapeWeight(weight, isTrailing ? weight.dims : dims.slice(first));
  };
  const add = (role: string, weight: Weight): string => graph.addParameter(layer.layer, role, widen(weight));

  if (isTrailing && graph.opset >= 17 && gamma !== undefined) {
    const inputs = [input.name, add("gamma", gamma)];
    if (beta !== undefined) inputs.push(add("beta", beta));
    const attributes = { axis: first - rank, epsilon: float(layer.config.epsilon) };
    const y = graph.addNode("LayerNormalization", inputs, attributes);
    return makeOutput(layer, y, "as-in-tfjs");
  }
  let y = addParts(graph, input, sorted, layer.config.epsilon);
  if (gamma !== undefined) y = graph.addNode("Mul", [y, add("gamma", gamma)]);
  if (beta !== undefined) y = graph.addNode("Add", [y, add("beta", beta)]);
  return makeOutput(layer, y, "as-in-tfjs");
}

/** (x - mean) / sqrt(variance + epsilon). */
function addParts(graph: ExportGraph, x: Value, axes: readonly number[], epsilon: number): string {
  const centred = graph.addNode("Sub", [
    x.name,
    addReduction(graph, "ReduceMean", x, axes, { keepAxes: true }),
  ]);
  const squares = { ...x, name: graph.addNode("Mul", [centred, centred]) };
  const variance = addReduction(graph, "ReduceMean", squares, axes, { keepAxes: true });
  const deviation = graph.addNode("Sqrt", [graph.addNode("Add", [variance, graph.addScalar(epsilon)])]);
  return graph.addNode("Div", [centred, deviation]);
}
