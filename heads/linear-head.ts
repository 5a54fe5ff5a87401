import { at } from "../common/at.ts";
import { type Matrix, multiply, viewRow } from "./matrix.ts";

/**
 * One logit a class: weights times embedding plus bias. With `nearest`, the weights are training rows, and a class's logit
 * is the mean of its largest products. Every classifier that is exported has this form.
 */
export interface LinearHead {
  /** [classes, columns]; of nearest neighbours [training rows, columns] */
  readonly weights: Matrix;
  /** One for each row of the weights. */
  readonly bias: Float64Array;
  readonly nearest?: Nearest;
}

/** Of the training rows, so many of each class that count: no more than the scarcest class has. */
interface Nearest {
  /** Class of each row of the weights. */
  readonly labels: readonly number[];
  readonly classes: number;
  readonly count: number;
}

/** Logits of each row, [rows, classes]. */
export function scoreRows({ weights, bias, nearest }: LinearHead, rows: Matrix): Matrix {
  const outputs = weights.rows;
  const values = new Float64Array(rows.rows * outputs);
  for (let row = 0; row < rows.rows; row++) {
    const embedding = viewRow(rows, row);
    for (let output = 0; output < outputs; output++)
      values[row * outputs + output] = multiply(viewRow(weights, output), embedding) + at(bias, output);
  }
  const products = { rows: rows.rows, columns: outputs, values };
  return nearest === undefined ? products : poolNearest(products, nearest);
}

/** All logits divided by one temperature: the order of the classes stays, the probabilities become true. */
export function scaleLogits({ weights, bias, ...rest }: LinearHead, temperature: number): LinearHead {
  return {
    ...rest,
    weights: { ...weights, values: weights.values.map((weight) => weight / temperature) },
    bias: bias.map((value) => value / temperature),
  };
}

/** Of each class the mean of its largest products, [rows, classes]. */
function poolNearest(products: Matrix, { labels, classes, count }: Nearest): Matrix {
  const members = Array.from({ length: classes }, (_, label) =>
    [...labels.keys()].filter((row) => labels[row] === label),
  );
  const values = Array.from({ length: products.rows }, (_, row) => {
    const own = viewRow(products, row);
    return members.map((rows) => {
      const largest = rows
        .map((place) => at(own, place))
        .sort((a, b) => b - a)
        .slice(0, count);
      return largest.reduce((sum, product) => sum + product, 0) / largest.length;
    });
  });
  return { rows: products.rows, columns: classes, values: Float64Array.from(values.flat()) };
}
