import type * as tf from "@tensorflow/tfjs";
import { countParameters, type ParameterCount } from "./count-parameters.ts";

interface SummaryRow extends ParameterCount {
  readonly name: string;
  readonly type: string;
  /** For example `[batch, 107, 128]`; `any` stands for the dynamic axis of frames. */
  readonly outputShape: string;
}

export interface NetworkSummary {
  readonly rows: readonly SummaryRow[];
  readonly total: ParameterCount;
}

/** One row a layer, in the order of computation, and the sums, for a table such as Keras prints. */
export function summariseNetwork(model: tf.LayersModel): NetworkSummary {
  const rows = model.layers.map((layer) => ({
    name: layer.name,
    type: layer.getClassName(),
    outputShape: describeShape(layer.outputShape),
    ...countParameters(layer),
  }));
  return { rows, total: countParameters(model) };
}

function describeShape(shape: tf.Shape | tf.Shape[]): string {
  const axes = shape.map((axis, index) => {
    if (typeof axis === "number") return String(axis);
    if (axis !== null) return describeShape(axis);
    return index === 0 ? "batch" : "any";
  });
  return `[${axes.join(", ")}]`;
}
