import { at } from "../../common/at.ts";
import {
  averageDefined,
  computeAveragePrecision,
  countAnswers,
  countByThreshold,
  rateAnswers,
} from "../../common/binary-answers.ts";
import { computeBinaryCrossEntropy, sigmoid } from "../../common/labelling.ts";
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
  const counts = countAnswers(
    scores.map((score) => score >= evenProbability),
    positives,
  );
  return {
    clips: counts.actual,
    averagePrecision: computeAveragePrecision(countByThreshold({ scores, positives })),
    ...rateAnswers(counts),
  };
}
