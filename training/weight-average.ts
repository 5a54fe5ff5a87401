import type * as tf from "@tensorflow/tfjs";
import * as z from "zod";

export const weightAverageSchema = z.strictObject({
  /** Largest share of the old average that a step keeps. */
  maxDecay: z.number().min(0).lt(1).default(0.99),
});

type Weights = ReadonlyMap<string, tf.Variable>;

/**
 * Moves the average towards the trained weights: a = a + (w - a) (1 - d), d = min(maxDecay, (1 + s) / (10 + s)) at
 * step s; BatchNorm's statistics, averages already, are copied. Call inside `tf.tidy`.
 * @param trained names of the weights that are averaged; the others are copied
 */
export function updateAverage(
  average: Weights,
  weights: Weights,
  trained: ReadonlySet<string>,
  { step, maxDecay }: { step: number; maxDecay: number },
): void {
  const rest = 1 - Math.min(maxDecay, (1 + step) / (10 + step));
  for (const [name, mean] of average) {
    const weight = weights.get(name);
    if (weight === undefined) throw new RangeError(`${name}: no such weight`);
    mean.assign(trained.has(name) ? mean.add(weight.sub(mean).mul(rest)) : weight.clone());
  }
}
