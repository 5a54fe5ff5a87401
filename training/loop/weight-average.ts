import * as tf from "@tensorflow/tfjs";

type Weights = ReadonlyMap<string, tf.Variable>;

/** How far the average moves at step s, from 0: 1 - min(maxDecay, (1 + s) / (10 + s)). */
export function computeAverageRate(step: number, maxDecay: number): number {
  return 1 - Math.min(maxDecay, (1 + step) / (10 + step));
}

/**
 * Moves the average towards the trained weights: a = a + (w - a) rate. BatchNorm's statistics, averages already, are
 * copied. Call inside `tf.tidy`.
 * @param trained names of the weights that are averaged; the others are copied
 * @param rate a scalar (`computeAverageRate`)
 */
export function updateAverage(
  average: Weights,
  weights: Weights,
  trained: ReadonlySet<string>,
  rate: tf.Tensor,
): void {
  for (const [name, mean] of average) {
    const weight = weights.get(name);
    if (weight === undefined) throw new RangeError(`${name}: no such weight`);
    mean.assign(trained.has(name) ? mean.add(weight.sub(mean).mul(rate)) : copy(weight));
  }
}

/** Values of its own, where `clone` shares them: a compiled step must know which variable is which. */
const copy = (tensor: tf.Tensor): tf.Tensor => tf.mul(tensor, 1);
