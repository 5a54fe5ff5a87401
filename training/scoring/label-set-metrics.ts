import { at } from "../../common/at.ts";
import { averageDefined, computeAveragePrecision } from "../../common/average-precision.ts";
import { sigmoid } from "../../common/labelling.ts";
import { checkLogits, type ClipMetrics } from "./metrics.ts";

/** What a class needs to be among a clip's answers, where no threshold has been chosen yet. */
const evenProbability = 0.5;

/** How one class is found among the clips; null where there is nothing to divide by. */
type ClassMetrics = NonNullable<ClipMetrics["classes"]>[number];

/**
 * Compares logits, row-major [clips, classes], with the classes of each clip, any number of them. Each class is a
 * yes-or-no question, whose answer is yes from a probability of 0.5 on; average precision needs no threshold.
 * @throws RangeError when the sizes do not fit
 */
export function computeLabelSetMetrics(
  logits: Float32Array,
  actual: readonly (readonly number[])[],
  classes: number,
): ClipMetrics {
  checkLogits(logits, actual.flat(), actual.length, classes);
  const rows = actual.map((labels, clip) => ({
    labels,
    probabilities: Array.from(logits.subarray(clip * classes, (clip + 1) * classes), sigmoid),
  }));
  const isRight = ({ labels, probabilities }: (typeof rows)[number]): boolean =>
    probabilities.every((probability, index) => probability >= evenProbability === labels.includes(index));
  const ofClasses = Array.from({ length: classes }, (_, index) =>
    measureClass(
      rows.map(({ probabilities }) => at(probabilities, index)),
      rows.map(({ labels }) => labels.includes(index)),
    ),
  );
  let loss = 0;
  for (const [clip, labels] of actual.entries()) {
    const row = logits.subarray(clip * classes, (clip + 1) * classes);
    loss += computeBinaryCrossEntropy(
      row,
      row.map((_, index) => Number(labels.includes(index))),
    );
  }
  const clips = actual.length;
  return {
    clips,
    accuracy: rows.filter(isRight).length / clips,
    macroF1: averageDefined(ofClasses.map(({ f1 }) => f1)) ?? 0,
    meanAveragePrecision: averageDefined(ofClasses.map(({ averagePrecision }) => averagePrecision)),
    loss: loss / clips,
    classes: ofClasses,
  };
}

function measureClass(scores: readonly number[], positives: readonly boolean[]): ClassMetrics {
  const clips = positives.filter(Boolean).length;
  const answers = scores.map((score) => score >= evenProbability);
  const answered = answers.filter(Boolean).length;
  const right = answers.filter((isYes, clip) => isYes && at(positives, clip)).length;
  const divide = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  return {
    clips,
    averagePrecision: computeAveragePrecision({ scores, positives }),
    precision: divide(right, answered),
    recall: divide(right, clips),
    f1: divide(2 * right, answered + clips),
  };
}

/**
 * Mean over the classes of -t log p - (1 - t) log(1 - p), p = sigmoid(logit), in nats: as PyTorch's BCEWithLogitsLoss.
 * log(1 + exp(x)) - t x is the same and cannot overflow, with log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).
 */
export function computeBinaryCrossEntropy(logits: Float32Array, targets: ArrayLike<number>): number {
  let sum = 0;
  for (const [index, logit] of logits.entries())
    sum += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - at(targets, index) * logit;
  return sum / logits.length;
}
