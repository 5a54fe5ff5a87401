import { at } from "../../common/at.ts";
import { averageDefined, divide, rateAnswers } from "../../common/binary-answers.ts";
import type { ConfusionMatrix } from "./confusion-matrix.ts";

/** Scores of one class; null where there is nothing to divide by. */
export interface ClassScore {
  /** Right among the clips classified as this class. */
  readonly precision: number | null;
  /** Found among the clips of this class. */
  readonly recall: number | null;
  /** 2 TP / (2 TP + FP + FN). */
  readonly f1: number | null;
  /** Clips of this class. */
  readonly support: number;
}

/** Summary over all clips and classes, each 0 to 1. */
export interface OverallScore {
  readonly accuracy: number | null;
  /** Mean F1 of the classes that occur in truth or answers, as scikit-learn's `f1_score(average="macro")`. */
  readonly macroF1: number | null;
  /** F1 of the pooled counts; with one label a clip it is the accuracy. */
  readonly microF1: number | null;
  readonly macroPrecision: number | null;
  /** Mean recall of the classes that occur, also called balanced accuracy. */
  readonly macroRecall: number | null;
}

export function scoreClasses(matrix: ConfusionMatrix): ClassScore[] {
  return matrix.map((row, index) => {
    const support = sum(row);
    const answered = sum(matrix.map((other) => at(other, index)));
    return { ...rateAnswers({ actual: support, answered, right: at(row, index) }), support };
  });
}

export function scoreOverall(matrix: ConfusionMatrix): OverallScore {
  const scores = scoreClasses(matrix);
  const accuracy = divide(sum(matrix.map((row, index) => at(row, index))), sum(matrix.map(sum)));
  return {
    accuracy,
    macroF1: averageDefined(scores.map(({ f1 }) => f1)),
    microF1: accuracy,
    macroPrecision: averageDefined(scores.map(({ precision }) => precision)),
    macroRecall: averageDefined(scores.map(({ recall }) => recall)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
