import { at } from "../common/at.ts";

/** One class of the model with its answer for a clip. */
export interface LabelScore {
  readonly label: string;
  /** Position of the class in the model's labels. */
  readonly index: number;
  /** Softmax over all classes, 0 to 1. */
  readonly probability: number;
  readonly logit: number;
}

/** Every class of the model, most probable first. Never empty: a model has at least two classes. */
export type Classification = readonly [LabelScore, ...LabelScore[]];

/** Softmax that does not overflow: the largest logit is subtracted first. */
export function computeProbabilities(logits: Float32Array): Float64Array {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  let sum = 0;
  for (const power of powers) sum += power;
  return powers.map((power) => power / sum);
}

/** The classes by falling logit; equal logits keep the model's order. @param logits one for each label */
export function rankLabels(labels: readonly string[], logits: Float32Array): Classification {
  const probabilities = computeProbabilities(logits);
  const scores = labels
    .map((label, index) => ({
      label,
      index,
      probability: at(probabilities, index),
      logit: at(logits, index),
    }))
    .sort((one, other) => other.logit - one.logit);
  const [best, ...others] = scores;
  if (best === undefined) throw new RangeError("labels: expected at least one, got none");
  return [best, ...others];
}

/** Position of the largest value; the first of equals, -1 when there is none or a NaN among them. */
export function findTopClass(logits: Float32Array | Float64Array): number {
  let top = -1;
  for (const [index, logit] of logits.entries()) {
    if (Number.isNaN(logit)) return -1;
    if (top === -1 || logit > at(logits, top)) top = index;
  }
  return top;
}
