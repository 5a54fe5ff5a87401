import type * as tf from "@tensorflow/tfjs";

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
