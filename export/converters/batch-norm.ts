import * as z from "zod";
import {
  type Converter,
  defineConverter,
  type LayerCall,
  makeOutput,
  takeWeight,
} from "../graph/converter.ts";
import type { ExportGraph } from "../graph/export-graph.ts";
import { shapeForAxis, type Value } from "../graph/value.ts";
import type { Weight } from "../graph/weight.ts";

/**
 * Batch normalisation with fixed statistics is scale x + shift: a Mul and an Add, in whatever layout x has. A pass
 * folds them into the convolution or Dense before (`passes/fold-affine.ts`).
 */
export const convertBatchNormalization: Converter = defineConverter({
  operators: "none after Conv, ConvTranspose or Dense (folded); else Mul, Add",
  config: z.object({ axis: z.int(), epsilon: z.number() }),
  convert: (graph, x, layer) => addNormalisation(graph, x, layer, layer.config.axis),
});

/** Our own layer (models/layers/centred-batch-norm.ts): no gamma, over the last axis. */
export const convertCentredBatchNorm: Converter = defineConverter({
  operators: "none after Conv, ConvTranspose or Dense (folded); else Mul, Add",
  config: z.object({ epsilon: z.number() }),
  convert: (graph, x, layer) => addNormalisation(graph, x, layer, -1),
});

function addNormalisation(
  graph: ExportGraph,
  x: Value,
  layer: LayerCall<{ readonly epsilon: number }>,
  axis: number,
): Value {
  const { scale, shift } = computeAffine(layer);
  const dims = shapeForAxis(x, axis, scale.length);
  const scaled = graph.addNode("Mul", [
    x.name,
    graph.addParameter(layer.layer, "scale", { data: scale, dims }),
  ]);
  const y = graph.addNode("Add", [scaled, graph.addParameter(layer.layer, "shift", { data: shift, dims })]);
  return makeOutput(layer, y, x.layout, { masked: x.masked });
}

/** gamma / sqrt(variance + epsilon), and beta - mean times that; in float64, rounded once. */
function computeAffine(layer: LayerCall<{ readonly epsilon: number }>): {
  scale: Float32Array;
  shift: Float32Array;
} {
  const mean = takeWeight(layer, "moving_mean");
  const variance = takeWeight(layer, "moving_variance");
  const at = (role: string, index: number, otherwise: number): number =>
    readAt(layer.weights.get(role), index) ?? otherwise;
  const scales = Array.from(
    variance.data,
    (value, index) => at("gamma", index, 1) / Math.sqrt(value + layer.config.epsilon),
  );
  const shift = mean.data.map((value, index) => at("beta", index, 0) - value * (scales[index] ?? 0));
  return { scale: Float32Array.from(scales), shift };
}

function readAt(weight: Weight | undefined, index: number): number | undefined {
  return weight?.data[index];
}
