import { at } from "../common/at.ts";
import type { LinearHead } from "./linear-head.ts";
import { checkLabels, type LabelledRows } from "./logistic-regression.ts";
import { multiply, viewRow } from "./matrix.ts";

/**
 * Each class stands for the mean of its rows; the nearest mean in Euclidean distance wins, as scikit-learn's
 * NearestCentroid. Linear, because -|x - c|^2 = 2 c x - |c|^2 and a part that all classes share.
 * @throws RangeError for a class without rows
 */
export function fitNearestCentroid(data: LabelledRows): LinearHead {
  checkLabels(data);
  const { rows, labels, classes } = data;
  const { columns } = rows;
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label] = at(counts, label) + 1;
  const empty = counts.indexOf(0);
  if (empty >= 0) throw new RangeError(`class ${empty}: expected rows, got none`);
  const values = new Float64Array(classes * columns);
  for (const [row, label] of labels.entries()) {
    viewRow(rows, row).forEach((value, column) => {
      const place = label * columns + column;
      values[place] = at(values, place) + (2 * value) / at(counts, label);
    });
  }
  const weights = { rows: classes, columns, values };
  const bias = Float64Array.from({ length: classes }, (_, label) => {
    const own = viewRow(weights, label);
    return -multiply(own, own) / 4;
  });
  return { weights, bias };
}
