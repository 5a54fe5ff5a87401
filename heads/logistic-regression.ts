import { at } from "../common/at.ts";
import { type CompressedRows, compressRows } from "./compress-rows.ts";
import type { LinearHead } from "./linear-head.ts";
import { addScaledRows, joinRows, type Matrix, multiply, viewRow } from "./matrix.ts";
import { minimise, type MinimiseOptions, type Objective } from "./minimise.ts";

/** Rows with the class of each, 0 to `classes` - 1. */
export interface LabelledRows {
  readonly rows: Matrix;
  readonly labels: readonly number[];
  readonly classes: number;
  /** Rows of no class, for which every class is to be equally probable. Together they count as much as a class. */
  readonly background?: Matrix;
  /** Class of the background, where it has one. */
  readonly backgroundLabel?: number;
}

/**
 * Multinomial logistic regression: least 1/2 |W|^2 + C sum of cross-entropies, the bias not penalised. The same as
 * scikit-learn's `LogisticRegression(C=strength)` for three classes and more; for two, which it fits as one sigmoid,
 * as its C = 2 strength.
 *
 *     const head = fitLogisticRegression({ rows: stackRows(embeddings), labels: [0, 1, 1], classes: 2 }, 0.1);
 *
 * Rows of background add C x their cross-entropy with 1 / classes for each class, at a weight of their own.
 * @param strength C: the larger, the closer the fit to the training rows
 * @throws RangeError unless every row has a class
 */
export function fitLogisticRegression(
  data: LabelledRows,
  strength: number,
  options: MinimiseOptions = {},
): LinearHead {
  const { expand, ...compressed } = compressLabelled(data);
  const { weights, bias } = at(fitPath({ ...data, ...compressed }, [strength], options), 0);
  return { weights: expand(weights), bias };
}

/** Rows, and background beside them, in the same fewer columns. */
export function compressLabelled({
  rows: own,
  background,
}: Pick<LabelledRows, "rows" | "background">): CompressedRows & Pick<LabelledRows, "background"> {
  if (background === undefined) return compressRows(own);
  const { rows: all, expand } = compressRows(joinRows(own, background));
  const split = own.rows * all.columns;
  return {
    rows: { ...all, rows: own.rows, values: all.values.subarray(0, split) },
    background: { ...all, rows: background.rows, values: all.values.subarray(split) },
    expand,
  };
}

export interface PathOptions extends MinimiseOptions {
  /** Where the first fit starts, in place of zeros. */
  readonly start?: LinearHead;
}

/**
 * One fit for each strength, in the columns as they are; each starts where the last one ended.
 * @param options how exactly; less so where fits are only compared
 */
export function fitPath(
  data: LabelledRows,
  strengths: readonly number[],
  { start, ...options }: PathOptions = {},
): LinearHead[] {
  checkLabels(data);
  const { rows, classes } = data;
  const weightCount = classes * rows.columns;
  let parameters: Float64Array = new Float64Array(weightCount + classes);
  if (start !== undefined) parameters.set([...start.weights.values, ...start.bias]);
  return strengths.map((strength) => {
    parameters = minimise(createObjective(data, strength), parameters, options);
    const weights = { rows: classes, columns: rows.columns, values: parameters.slice(0, weightCount) };
    return { weights, bias: parameters.slice(weightCount) };
  });
}

function createObjective(data: LabelledRows, strength: number): Objective {
  const { labels, classes, background, backgroundLabel } = data;
  const rows = background === undefined ? data.rows : joinRows(data.rows, background);
  const { columns } = rows;
  const backgroundStrength = strength * (labels.length / (classes * (background?.rows ?? 1)));
  const weightCount = classes * columns;
  const logits = new Float64Array(classes);
  /** strength x (softmax - target), class by class: [classes, rows]. */
  const errors = Array.from({ length: classes }, () => new Float64Array(rows.rows));
  return (parameters, gradient) => {
    const views = errors.map((_, label) => parameters.subarray(label * columns, (label + 1) * columns));
    let loss = 0;
    for (let row = 0; row < rows.rows; row++) {
      const values = viewRow(rows, row);
      for (const [label, weights] of views.entries())
        logits[label] = multiply(values, weights) + at(parameters, weightCount + label);
      const scale = row < labels.length ? strength : backgroundStrength;
      loss += scale * toErrors(logits, labels[row] ?? backgroundLabel);
      for (const [output, own] of errors.entries()) own[row] = scale * at(logits, output);
    }
    gradient.set(parameters.subarray(0, weightCount));
    for (const [label, own] of errors.entries()) {
      addScaledRows(gradient.subarray(label * columns, (label + 1) * columns), rows, own);
      gradient[weightCount + label] = own.reduce((sum, error) => sum + error, 0);
    }
    for (let index = 0; index < weightCount; index++) loss += (parameters[index] ?? 0) ** 2 / 2;
    return loss;
  };
}

/**
 * Logits to softmax minus target, in place: the class or, without one, all alike. @returns the cross-entropy, in nats
 */
function toErrors(logits: Float64Array, label: number | undefined): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const ownLogit =
    label === undefined
      ? logits.reduce((total, logit) => total + logit, 0) / logits.length
      : at(logits, label);
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    const power = Math.exp((logits[index] ?? 0) - largest);
    logits[index] = power;
    sum += power;
  }
  for (let index = 0; index < logits.length; index++) logits[index] = (logits[index] ?? 0) / sum;
  if (label === undefined)
    for (let index = 0; index < logits.length; index++)
      logits[index] = (logits[index] ?? 0) - 1 / logits.length;
  else logits[label] = at(logits, label) - 1;
  return Math.log(sum) + largest - ownLogit;
}

export function checkLabels({ rows, labels, classes }: LabelledRows): void {
  if (labels.length !== rows.rows)
    throw new RangeError(`labels: expected one for each of ${rows.rows} rows, got ${labels.length}`);
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (wrong !== undefined) throw new RangeError(`labels: expected 0 to ${classes - 1}, got ${wrong}`);
}
