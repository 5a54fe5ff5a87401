import { at } from "./at.ts";

/**
 * How many classes a clip has: exactly one, or any number of them, none included (multi-label). It decides the loss that
 * trains, the metric that chooses, and what a probability means; nothing else asks.
 */
export const labellings = ["one", "several"] as const;

export type Labelling = (typeof labellings)[number];

/** Logits, one for each class, to probabilities. */
const activations: Record<Labelling, (logits: Float64Array) => Float64Array> = {
  one: softmax,
  several: (logits) => logits.map(sigmoid),
};

/**
 * Probabilities of the classes: the softmax of logits / temperature where a clip has one class, so that they sum to 1;
 * the sigmoid where it may have several, so that each stands for itself.
 *
 *     computeProbabilities([0, 0]);                           // [0.5, 0.5]
 *     computeProbabilities([3, 3], { labelling: "several" }); // [0.95, 0.95]
 */
export function computeProbabilities(
  logits: ArrayLike<number>,
  {
    labelling = "one",
    temperature = 1,
  }: { readonly labelling?: Labelling | undefined; readonly temperature?: number | undefined } = {},
): Float64Array {
  let largest = -Infinity;
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, at(logits, index));
  const shift = labelling === "one" ? largest : 0; // by which a softmax does not change, and cannot overflow
  return activations[labelling](Float64Array.from(logits, (logit) => (logit - shift) / temperature));
}

/** @param shifted so that the largest is 0 */
function softmax(shifted: Float64Array): Float64Array {
  const powers = shifted.map(Math.exp);
  let sum = 0;
  for (const power of powers) sum += power;
  return powers.map((power) => power / sum);
}

/** 1 / (1 + exp(-logit)). Beyond 709 the exponential is infinite, and the quotient still right: 0 or 1. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** The logit whose sigmoid is a probability; infinite at 0 and 1. */
export function toLogit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/**
 * Mean over the classes of -t log p - (1 - t) log(1 - p), p = sigmoid(logit), in nats: as PyTorch's BCEWithLogitsLoss.
 * log(1 + exp(x)) - t x is the same and cannot overflow, with log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).
 */
export function computeBinaryCrossEntropy(
  logits: Float32Array | Float64Array,
  targets: ArrayLike<number>,
): number {
  let sum = 0;
  for (const [index, logit] of logits.entries())
    sum += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - at(targets, index) * logit;
  return sum / logits.length;
}
