import { at } from "../common/at.ts";
import { computeProbabilities } from "../common/labelling.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import { reachesThreshold } from "./thresholds.ts";

/**
 * One class of the model with its answer for a clip.
 *
 *     const [{ label, probability }]: readonly [LabelScore, ...LabelScore[]] = await classifier.classify("dog.ogg");
 */
export interface LabelScore {
  readonly label: string;
  /** Position of the class in the model's labels. */
  readonly index: number;
  /**
   * Softmax over all classes of the logits divided by the model's temperature, 0 to 1. Of a model whose sounds may have
   * several classes (`info.labelling`), the sigmoid: each class stands for itself, and they do not sum to 1.
   */
  readonly probability: number;
  readonly logit: number;
}

/** Which of the classes are named. */
interface Verdict {
  /** The most probable class that is named; undefined where none is, and in digital silence. */
  readonly best: LabelScore | undefined;
  /**
   * The classes that are named, most probable first: the most probable one where it reaches its threshold; where a
   * sound may have several, all that reach theirs.
   */
  readonly named: readonly LabelScore[];
  /** Whether no class is named: `best === undefined`. */
  readonly rejected: boolean;
}

/**
 * Every class of the model, most probable first, and which are named. Never empty: a model has at least two classes.
 *
 *     const answer = await classifier.classify("clip.wav");
 *     answer.best?.label ?? "none of them";
 *     answer[0].label; // the most probable one, named or not
 */
export type Classification = readonly [LabelScore, ...LabelScore[]] & Verdict;

/**
 * The classes by falling logit; equal logits keep the model's order.
 * @param logits one for each label, before the temperature @param thresholds probability from which each label is named
 */
export function rankLabels(
  model: Pick<ModelMetadata, "labels" | "labelling" | "temperature">,
  logits: Float32Array,
  thresholds: readonly number[],
): Classification {
  const probabilities = computeProbabilities(logits, model);
  const scores = model.labels
    .map((label, index) => ({
      label,
      index,
      probability: at(probabilities, index),
      logit: at(logits, index),
    }))
    .sort((one, other) => other.logit - one.logit);
  const [first, ...others] = scores;
  if (first === undefined) throw new RangeError("labels: expected at least one, got none");
  const asked = model.labelling === "several" ? scores : [first];
  const named = asked.filter((score) => reachesThreshold(score, thresholds));
  const verdict = { best: named[0], named, rejected: named.length === 0 };
  return Object.assign([first, ...others] as const, verdict);
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
