import { at } from "../common/at.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import { reachesThreshold } from "./thresholds.ts";

/** One class of the model with its answer for a clip. */
export interface LabelScore {
  readonly label: string;
  /** Position of the class in the model's labels. */
  readonly index: number;
  /** Softmax over all classes of the logits divided by the model's temperature, 0 to 1. */
  readonly probability: number;
  readonly logit: number;
}

/** Whether one of the classes is named. */
interface Verdict {
  /** The most probable class; undefined where its probability is below its threshold, and in digital silence. */
  readonly best: LabelScore | undefined;
  /** Whether no class is named: `best === undefined`. */
  readonly rejected: boolean;
}

/**
 * Every class of the model, most probable first, and which one is named. Never empty: a model has at least two classes.
 *
 *     const answer = await classifier.classify("clip.wav");
 *     answer.best?.label ?? "none of them";
 *     answer[0].label; // the most probable one, named or not
 */
export type Classification = readonly [LabelScore, ...LabelScore[]] & Verdict;

/**
 * Softmax of the logits divided by the temperature. It does not overflow: the largest logit is subtracted first.
 * @param temperature of the model; undefined: 1
 */
export function computeProbabilities(logits: Float32Array, temperature: number | undefined): Float64Array {
  const divisor = temperature ?? 1;
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  const powers = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / divisor));
  let sum = 0;
  for (const power of powers) sum += power;
  return powers.map((power) => power / sum);
}

/**
 * The classes by falling logit; equal logits keep the model's order.
 * @param logits one for each label, before the temperature @param thresholds probability from which each label is named
 */
export function rankLabels(
  { labels, temperature }: Pick<ModelMetadata, "labels" | "temperature">,
  logits: Float32Array,
  thresholds: readonly number[],
): Classification {
  const probabilities = computeProbabilities(logits, temperature);
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
  const rejected = !reachesThreshold(best, thresholds);
  return Object.assign([best, ...others] as const, { best: rejected ? undefined : best, rejected });
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
