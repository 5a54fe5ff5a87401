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
 * Probable label errors by confident learning (Northcutt, Jiang and Chuang 2021, section 3): a row counts as another
 * class when that class's probability reaches what rows labelled so have on average, and is the highest of those that
 * do. Surest first.
 * @param probabilities [rows, classes], each row's from a classifier that did not train on it
 */
export function findLabelErrors(probabilities: Matrix, labels: readonly number[]): ProbableLabelError[] {
  const thresholds = averageOwnProbability(probabilities, labels);
  const errors: ProbableLabelError[] = [];
  for (const [index, label] of labels.entries()) {
    const row = viewRow(probabilities, index);
    let suggested: number | undefined;
    for (const [candidate, probability] of row.entries()) {
      const isConfident = probability >= at(thresholds, candidate);
      if (isConfident && (suggested === undefined || probability > at(row, suggested))) suggested = candidate;
    }
    if (suggested === undefined || suggested === label) continue;
    const margin = at(row, label) - at(row, suggested);
    if (margin < 0) errors.push({ index, label, suggested, margin });
  }
  return errors.sort((a, b) => a.margin - b.margin);
}

/** A class without rows is never suggested: its threshold is above any probability. */
function averageOwnProbability(probabilities: Matrix, labels: readonly number[]): Float64Array {
  const sums = new Float64Array(probabilities.columns);
  const counts = new Float64Array(probabilities.columns);
  for (const [index, label] of labels.entries()) {
    sums[label] = at(sums, label) + at(viewRow(probabilities, index), label);
    counts[label] = at(counts, label) + 1;
  }
  return sums.map((sum, label) => (at(counts, label) === 0 ? Infinity : sum / at(counts, label)));
}
