import { at } from "../common/at.ts";
import { type Matrix, viewRow } from "./matrix.ts";

/** How the embeddings of a sound's windows become one vector. */
export type WindowPooling = "mean" | "max" | "mean-max";

/** @param windows [windows, columns] @returns columns values, or twice as many for `mean-max`: means, then maxima */
export function poolWindows(windows: Matrix, pooling: WindowPooling): Float64Array {
  if (windows.rows === 0) throw new RangeError("windows: expected at least one, got none");
  switch (pooling) {
    case "mean":
      return averageRows(windows);
    case "max":
      return findMaxima(windows);
    case "mean-max": {
      const pooled = new Float64Array(2 * windows.columns);
      pooled.set(averageRows(windows));
      pooled.set(findMaxima(windows), windows.columns);
      return pooled;
    }
  }
}

/**
 * What heads train on: mean ++ maximum over the windows of a sound.
 * @param values [windows, columns], as a backbone gives them
 */
export function poolEmbeddings(values: Float32Array, columns: number): Float64Array {
  const windows = { rows: values.length / columns, columns, values: Float64Array.from(values) };
  return poolWindows(windows, "mean-max");
}

function averageRows(windows: Matrix): Float64Array {
  const mean = new Float64Array(windows.columns);
  for (let row = 0; row < windows.rows; row++) {
    viewRow(windows, row).forEach((value, column) => {
      mean[column] = at(mean, column) + value / windows.rows;
    });
  }
  return mean;
}

function findMaxima(windows: Matrix): Float64Array {
  const maxima = viewRow(windows, 0).slice();
  for (let row = 1; row < windows.rows; row++) {
    viewRow(windows, row).forEach((value, column) => {
      maxima[column] = Math.max(at(maxima, column), value);
    });
  }
  return maxima;
}
