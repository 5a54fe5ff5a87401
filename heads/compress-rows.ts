import { at } from "../common/at.ts";
import { addScaled, type Matrix, multiplyByTransposed, takeRows, viewRow } from "./matrix.ts";

/** Rows in fewer columns, with the same inner products; and the way back for what is linear in them. */
export interface CompressedRows {
  readonly rows: Matrix;
  /** Weights for the compressed columns [outputs, rank] as weights for the original ones [outputs, columns]. */
  readonly expand: (weights: Matrix) => Matrix;
}

/** Squared length, of the longest row's, below which what is left of a row counts as rounding. */
const negligible = 1e-12;

/**
 * With 400 clips, embeddings of 2,048 numbers span at most 400 dimensions. A linear classifier with a penalty on its
 * weights' length is the same in any orthonormal basis of that space (representer theorem), and a fifth of the columns
 * trains five times as fast. The basis comes from the Cholesky factor, with pivots, of the rows' inner products
 * (Higham, Accuracy and Stability of Numerical Algorithms, section 10.3). Rows that are no fewer than the columns stay.
 */
export function compressRows(matrix: Matrix): CompressedRows {
  if (matrix.rows >= matrix.columns) return { rows: matrix, expand: (weights) => weights };
  const { factor, pivots } = factorise(multiplyByTransposed(matrix, matrix));
  return {
    rows: factor,
    expand: (weights) => expandWeights(weights, factor, takeRows(matrix, pivots), pivots),
  };
}

interface Factor {
  /** [rows, rank]; the rows of the pivots are lower triangular. */
  readonly factor: Matrix;
  readonly pivots: readonly number[];
}

/** L with L LT = the matrix of inner products, one column for each row that the rows before it do not span. */
function factorise(products: Matrix): Factor {
  const size = products.rows;
  const left = Float64Array.from({ length: size }, (_, row) => at(products.values, row * size + row));
  const limit = negligible * left.reduce((most, length) => Math.max(most, length), 0);
  const columns: Float64Array[] = [];
  const pivots: number[] = [];
  while (columns.length < size) {
    const pivot = findLargest(left);
    if (at(left, pivot) <= limit) break;
    const scale = Math.sqrt(at(left, pivot));
    const column = viewRow(products, pivot).slice();
    for (const before of columns) {
      addScaled(column, before, -at(before, pivot));
    }
    for (let row = 0; row < size; row++) {
      const value = pivots.includes(row) ? 0 : at(column, row) / scale;
      column[row] = value;
      left[row] = at(left, row) - value ** 2;
    }
    column[pivot] = scale;
    left[pivot] = 0;
    columns.push(column);
    pivots.push(pivot);
  }
  return { factor: joinColumns(columns, size), pivots };
}

/** W = (Lp^-1 Xp)T w: the pivots' rows Xp hold the basis, their factor Lp says how. */
function expandWeights(weights: Matrix, factor: Matrix, basis: Matrix, pivots: readonly number[]): Matrix {
  const rank = pivots.length;
  const expanded = new Float64Array(weights.rows * basis.columns);
  for (let output = 0; output < weights.rows; output++) {
    // Lp^T a = w, from the last row up.
    const solved = viewRow(weights, output).slice();
    for (let row = rank - 1; row >= 0; row--) {
      const pivotRow = viewRow(factor, at(pivots, row));
      solved[row] = at(solved, row) / at(pivotRow, row);
      addScaled(solved.subarray(0, row), pivotRow.subarray(0, row), -at(solved, row));
    }
    const target = expanded.subarray(output * basis.columns, (output + 1) * basis.columns);
    for (let row = 0; row < rank; row++) {
      const weight = at(solved, row);
      addScaled(target, viewRow(basis, row), weight);
    }
  }
  return { rows: weights.rows, columns: basis.columns, values: expanded };
}

function joinColumns(columns: readonly Float64Array[], rows: number): Matrix {
  const values = new Float64Array(rows * columns.length);
  for (const [column, own] of columns.entries())
    for (let row = 0; row < rows; row++) values[row * columns.length + column] = at(own, row);
  return { rows, columns: columns.length, values };
}

function findLargest(values: Float64Array): number {
  let largest = 0;
  for (let index = 1; index < values.length; index++)
    if (at(values, index) > at(values, largest)) largest = index;
  return largest;
}
