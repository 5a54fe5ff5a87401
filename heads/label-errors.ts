import { at } from "../common/at.ts";
import { type Matrix, viewRow } from "./matrix.ts";

/** A clip whose sound the classifier of the other clips gives to another class. */
export interface ProbableLabelError {
  readonly index: number;
  readonly label: number;
  readonly suggested: number;
  /** Probability of the given label less that of the suggested one, -1 to 0: the lower, the surer the error. */
  readonly margin: number;
}

/**
 * Probable label errors: rows whose most probable class is not their label, surest first (`predicted_neq_given`, ranked
 * by the normalised margin, of Northcutt, Jiang and Chuang 2021, Confident Learning). The paper's thresholds, a class's
 * mean probability each, are not used: with ten clips a class that the classifier is sure of, they are 0.98 and more, and
 * a planted error with 0.48 against 0.02 was not named.
 * @param probabilities [rows, classes], each row's from a classifier that did not train on it
 */
export function findLabelErrors(probabilities: Matrix, labels: readonly number[]): ProbableLabelError[] {
  return labels
    .map((label, index) => {
      const row = viewRow(probabilities, index);
      const suggested = row.indexOf(row.reduce((most, value) => Math.max(most, value), -Infinity));
      return { index, label, suggested, margin: at(row, label) - at(row, suggested) };
    })
    .filter(({ margin }) => margin < 0)
    .sort((a, b) => a.margin - b.margin);
}
