import { at } from "../common/at.ts";
import { type Matrix, multiply, viewRow } from "./matrix.ts";

/** One logit a class: weights times embedding plus bias. Every classifier that is exported has this form. */
export interface LinearHead {
  /** [classes, columns] */
  readonly weights: Matrix;
  /** [classes] */
  readonly bias: Float64Array;
}

/** Logits of each row, [rows, classes]. */
export function scoreRows({ weights, bias }: LinearHead, rows: Matrix): Matrix {
  const classes = weights.rows;
  const values = new Float64Array(rows.rows * classes);
  for (let row = 0; row < rows.rows; row++) {
    const embedding = viewRow(rows, row);
    for (let label = 0; label < classes; label++)
      values[row * classes + label] = multiply(viewRow(weights, label), embedding) + at(bias, label);
  }
  return { rows: rows.rows, columns: classes, values };
}

/** All logits divided by one temperature: the order of the classes stays, the probabilities become true. */
export function scaleLogits({ weights, bias }: LinearHead, temperature: number): LinearHead {
  return {
    weights: { ...weights, values: weights.values.map((weight) => weight / temperature) },
    bias: bias.map((value) => value / temperature),
  };
}
