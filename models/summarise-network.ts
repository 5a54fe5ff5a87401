import type * as tf from "@tensorflow/tfjs";

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

export interface ParameterCount {
  /** Values that training changes by gradient. */
  readonly trainable: number;
  /** Values that belong to the function but are frozen. */
  readonly nonTrainable: number;
  /** BatchNorm's moving mean and variance: state, not parameters; export folds them into the convolutions. */
  readonly statistics: number;
}

/** Counts a model's or a layer's values; `trainable + nonTrainable` is what papers call the parameters. */
export function countParameters(counted: tf.LayersModel | tf.layers.Layer): ParameterCount {
  const { trainableWeights, nonTrainableWeights } = counted;
  const statistics = nonTrainableWeights.filter(isStatistic);
  const frozen = nonTrainableWeights.filter((weight) => !isStatistic(weight));
  return {
    trainable: sumSizes(trainableWeights),
    nonTrainable: sumSizes(frozen),
    statistics: sumSizes(statistics),
  };
}

function isStatistic(weight: tf.LayerVariable): boolean {
  return /\/moving_(mean|variance)$/.test(weight.originalName);
}

function sumSizes(weights: readonly tf.LayerVariable[]): number {
  return weights.reduce(
    (sum, { shape }) => sum + shape.reduce<number>((size, axis) => size * (axis ?? 1), 1),
    0,
  );
}
