import { at } from "./at.ts";

/** One yes-or-no question asked of many clips: a score for each, and whether the answer is yes. */
export interface BinaryAnswers {
  readonly scores: readonly number[];
  readonly positives: readonly boolean[];
}

/** What a threshold lets through: clips with `score >= threshold`. */
export interface ThresholdCount {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Counts at every distinct score, from the highest: ties pass together, whatever their order. */
export function countByThreshold({ scores, positives }: BinaryAnswers): ThresholdCount[] {
  const order = scores.map((score, clip) => ({ score, positive: at(positives, clip) }));
  order.sort((a, b) => b.score - a.score);
  const counts: ThresholdCount[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (const [index, { score, positive }] of order.entries()) {
    if (positive) truePositives++;
    else falsePositives++;
    if (order[index + 1]?.score !== score) counts.push({ threshold: score, truePositives, falsePositives });
  }
  return counts;
}

/**
 * Average precision: the sum of (R_n - R_(n-1)) P_n over the distinct scores from the highest, R recall and P precision
 * from there on. No interpolation, which would be too kind; as scikit-learn's `average_precision_score`.
 * @param counts of `countByThreshold` @returns null without positives: recall has nothing to divide by
 */
export function computeAveragePrecision(counts: readonly ThresholdCount[]): number | null {
  const positives = counts.at(-1)?.truePositives ?? 0;
  if (positives === 0) return null;
  let average = 0;
  let recall = 0;
  for (const { truePositives, falsePositives } of counts) {
    average += (truePositives / positives - recall) * (truePositives / (truePositives + falsePositives));
    recall = truePositives / positives;
  }
  return average;
}

/** Answers to one question, at one threshold. */
export interface AnswerCounts {
  /** How many are yes in truth. */
  readonly actual: number;
  /** How many are answered yes. */
  readonly answered: number;
  /** How many are both. */
  readonly right: number;
}

/** Fractions of counts, 0 to 1. */
interface AnswerRates {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** Null where there is nothing to divide by. */
export function rateAnswers({ actual, answered, right }: AnswerCounts): AnswerRates {
  return {
    precision: divide(right, answered),
    recall: divide(right, actual),
    f1: divide(2 * right, answered + actual),
  };
}

/** Null by zero. */
export function divide(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** @param answers whether each is yes @param positives whether each is yes in truth */
export function countAnswers(answers: readonly boolean[], positives: readonly boolean[]): AnswerCounts {
  const count = (list: readonly boolean[]): number => list.filter(Boolean).length;
  return {
    actual: count(positives),
    answered: count(answers),
    right: count(answers.map((isYes, index) => isYes && at(positives, index))),
  };
}

/** Mean of what is defined; null when nothing is. */
export function averageDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
