import * as z from "zod";
import { at } from "../../../common/at.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, makeOutput, takeWeight } from "../../graph/layer-call.ts";
import { shapeForAxis, type Value } from "../../graph/value.ts";

/** A number, or, as Keras 2 writes it everywhere, a list of one. */
const axisSchema = z.union([z.int(), z.tuple([z.int()]).transform(([axis]) => axis)]);

/**
 * Batch normalisation with fixed statistics is scale x + shift: a Mul and an Add, in whatever layout x has. A pass
 * folds them into the convolution or Dense before (`passes/fold-affine.ts`).
 */
export const BatchNormalization: Converter = defineConverter({
  operators: "none after Conv, ConvTranspose or Dense (folded); else Mul, Add",
  config: z.object({ axis: axisSchema, epsilon: z.number() }),
  convert: (graph, x, layer) => addNormalisation(graph, x, layer, layer.config.axis),
});

/** Our own layer (models/layers/centred-batch-norm.ts): no gamma, over the last axis. */
export const CentredBatchNorm: Converter = defineConverter({
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
  return makeOutput(layer, y, x.layout);
}

/** gamma / sqrt(variance + epsilon), and beta - mean times that; in float64, rounded once. */
function computeAffine(layer: LayerCall<{ readonly epsilon: number }>): {
  scale: Float32Array;
  shift: Float32Array;
} {
  const mean = takeWeight(layer, "moving_mean");
  const variance = takeWeight(layer, "moving_variance");
  const gamma = layer.weights.get("gamma")?.data; // without scale: 1
  const beta = layer.weights.get("beta")?.data; // without centre: 0
  const scales = Array.from(
    variance.data,
    (value, index) => (gamma === undefined ? 1 : at(gamma, index)) / Math.sqrt(value + layer.config.epsilon),
  );
  const shift = mean.data.map(
    (value, index) => (beta === undefined ? 0 : at(beta, index)) - value * at(scales, index),
  );
  return { scale: Float32Array.from(scales), shift };
}
