/** Numbers in rows, row-major. Heads compute in double precision: sums over thousands of columns lose digits else. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Embeddings of equal length as the rows of one matrix. @throws RangeError for none, and for rows of two lengths */
export function stackRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length;
  if (columns === undefined) throw new RangeError("rows: expected at least one, got none");
  const values = new Float64Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns)
      throw new RangeError(`row ${index}: expected ${columns} values as in the first, got ${row.length}`);
    values.set(row, index * columns);
  }
  return { rows: rows.length, columns, values };
}

/** A view of one row. */
export function viewRow({ columns, values }: Matrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns);
}

/** A copy of the rows named, in their order. */
export function takeRows(matrix: Matrix, indices: readonly number[]): Matrix {
  const { columns } = matrix;
  const values = new Float64Array(indices.length * columns);
  for (const [position, index] of indices.entries()) values.set(viewRow(matrix, index), position * columns);
  return { rows: indices.length, columns, values };
}

/** Rows of two matrices with the same columns, one below the other. */
export function joinRows(first: Matrix, second: Matrix): Matrix {
  const values = new Float64Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return { rows: first.rows + second.rows, columns: first.columns, values };
}

/** Each row divided by its length, so that all have length 1; a row of zeros stays. */
export function normaliseRows(matrix: Matrix): Matrix {
  const values = matrix.values.slice();
  for (let row = 0; row < matrix.rows; row++) {
    const own = values.subarray(row * matrix.columns, (row + 1) * matrix.columns);
    const length = Math.max(Math.sqrt(multiply(own, own)), minLength);
    for (let column = 0; column < own.length; column++) own[column] = (own[column] ?? 0) / length;
  }
  return { ...matrix, values };
}

/** By which a shorter row is divided: the exported graph does the same, so that silence gives no NaN. */
const minLength = 1e-12;

/** a bT, [a.rows, b.rows]: the inner product of each row of `a` with each row of `b`. */
export function multiplyByTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.columns)
    throw new RangeError(`columns: expected ${a.columns} in both matrices, got ${b.columns}`);
  const values = new Float64Array(a.rows * b.rows);
  for (let row = 0; row < a.rows; row++) {
    const left = viewRow(a, row);
    for (let column = a === b ? row : 0; column < b.rows; column++) {
      const product = multiply(left, viewRow(b, column));
      values[row * b.rows + column] = product;
      if (a === b) values[column * b.rows + row] = product;
    }
  }
  return { rows: a.rows, columns: b.rows, values };
}

// The innermost loops of all heads. The lengths are equal, so an index that is inside one is inside the other, and a
// check at each step would double the time; four sums at once let the processor overlap its additions.

/** target += scale x added, in place; both have one length. */
export function addScaled(target: Float64Array, added: Float64Array, scale: number): void {
  for (let index = 0; index < target.length; index++)
    target[index] = (target[index] ?? 0) + scale * (added[index] ?? 0);
}

/**
 * target += each row of a matrix times its scale, in place. Four rows in one pass, because reading
 * and writing the target is what takes the time.
 */
export function addScaledRows(target: Float64Array, { columns, values }: Matrix, scales: Float64Array): void {
  const whole = scales.length - (scales.length % 4);
  for (let row = 0; row < whole; row += 4) {
    const [one, two, three, four] = [
      scales[row] ?? 0,
      scales[row + 1] ?? 0,
      scales[row + 2] ?? 0,
      scales[row + 3] ?? 0,
    ];
    const [first, second, third, fourth] = [
      row * columns,
      (row + 1) * columns,
      (row + 2) * columns,
      (row + 3) * columns,
    ];
    for (let index = 0; index < columns; index++)
      target[index] =
        (target[index] ?? 0) +
        (one * (values[first + index] ?? 0) + two * (values[second + index] ?? 0)) +
        (three * (values[third + index] ?? 0) + four * (values[fourth + index] ?? 0));
  }
  for (let row = whole; row < scales.length; row++)
    addScaled(target, values.subarray(row * columns, (row + 1) * columns), scales[row] ?? 0);
}

/** Inner product of two vectors of one length. */
export function multiply(a: Float64Array, b: Float64Array): number {
  const whole = a.length - (a.length % 4);
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let index = 0; index < whole; index += 4) {
    first += (a[index] ?? 0) * (b[index] ?? 0);
    second += (a[index + 1] ?? 0) * (b[index + 1] ?? 0);
    third += (a[index + 2] ?? 0) * (b[index + 2] ?? 0);
    fourth += (a[index + 3] ?? 0) * (b[index + 3] ?? 0);
  }
  let sum = first + second + (third + fourth);
  for (let index = whole; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
