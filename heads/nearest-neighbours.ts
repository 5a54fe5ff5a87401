import { at } from "../common/at.ts";
import type { LinearHead } from "./linear-head.ts";
import { checkLabels, type LabelledRows } from "./logistic-regression.ts";
import { type Matrix, multiply, viewRow } from "./matrix.ts";

export interface Neighbour {
  /** Row of the known ones. */
  readonly index: number;
  /** Cosine of the angle between both, -1 to 1. */
  readonly similarity: number;
}

/** The `count` rows most similar to a vector, most similar first; the first of equals. */
export function findNearest(known: Matrix, query: Float64Array, count: number): Neighbour[] {
  const length = Math.sqrt(multiply(query, query));
  const all = Array.from({ length: known.rows }, (_, index): Neighbour => {
    const row = viewRow(known, index);
    const product = length * Math.sqrt(multiply(row, row));
    return { index, similarity: product === 0 ? 0 : multiply(row, query) / product };
  });
  return all.toSorted((a, b) => b.similarity - a.similarity || a.index - b.index).slice(0, count);
}

/**
 * A class is as near as its `count` rows that are most similar to what is asked: the mean of their cosines. With a count
 * of 1, the class of the nearest row wins, as scikit-learn's KNeighborsClassifier(1, metric="cosine"). A vote of the
 * nearest rows of all classes would jump where two of them are equally far, and two runtimes would differ.
 * @param data rows of length 1 @throws RangeError for a class without rows
 */
export function fitNearestNeighbours({ rows, labels, classes }: LabelledRows, count: number): LinearHead {
  checkLabels({ rows, labels, classes });
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label] = at(counts, label) + 1;
  const empty = counts.indexOf(0);
  if (empty >= 0) throw new RangeError(`class ${empty}: expected rows, got none`);
  return {
    weights: { ...rows, values: rows.values.map((value) => sharpness * value) },
    bias: new Float64Array(rows.rows),
    nearest: { labels, classes, count: Math.min(count, ...counts) },
  };
}

/** Cosines differ by a tenth or two; times this, they are logits that a temperature can calibrate. */
const sharpness = 20;
