import { at } from "../common/at.ts";
import { type Matrix, viewRow } from "./matrix.ts";

/**
 * The temperature by which logits are divided so that their softmax is true on average: least cross-entropy on rows
 * that the classifier did not train on (Guo et al. 2017, On Calibration of Modern Neural Networks, section 4.2).
 *
 * Where all of few rows are right, that would be 0, and every probability 1. So a row's label counts as right with
 * (rows + 1) / (rows + 2) only, as in Platt 1999, Probabilistic Outputs for Support Vector Machines, section 2.2; the
 * rest is divided among the other classes.
 * @param logits [rows, classes] @returns 0.05 to 20
 */
export function fitTemperature(logits: Matrix, labels: readonly number[]): number {
  // Cross-entropy has one minimum over the inverse temperature, and so over its logarithm: golden section.
  let from = Math.log(0.05);
  let to = Math.log(20);
  const inside = (fraction: number): number => from + fraction * (to - from);
  const doubt = 1 / (labels.length + 2);
  const margin = (doubt * sumMargins(logits, labels)) / labels.length;
  // What a target of 1 - doubt adds to the cross-entropy is linear in 1 / temperature.
  const measure = (logarithm: number): number =>
    measureCrossEntropy(logits, labels, Math.exp(logarithm)) + margin / Math.exp(logarithm);
  while (to - from > 1e-4) {
    if (measure(inside(1 - golden)) < measure(inside(golden))) to = inside(golden);
    else from = inside(1 - golden);
  }
  return Math.exp((from + to) / 2);
}

/** By how much a label's logit is above the mean of the others', summed over the rows. */
function sumMargins(logits: Matrix, labels: readonly number[]): number {
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    const values = viewRow(logits, row);
    const own = at(values, label);
    const others = values.reduce((total, logit) => total + logit, -own);
    sum += own - others / (values.length - 1);
  }
  return sum;
}

const golden = (Math.sqrt(5) - 1) / 2;

/** Mean cross-entropy of the softmax of logits / temperature, in nats. */
export function measureCrossEntropy(logits: Matrix, labels: readonly number[], temperature = 1): number {
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    const values = viewRow(logits, row);
    const largest = values.reduce((most, logit) => Math.max(most, logit), -Infinity);
    const powers = values.reduce((total, logit) => total + Math.exp((logit - largest) / temperature), 0);
    sum += Math.log(powers) + (largest - at(values, label)) / temperature;
  }
  return sum / labels.length;
}

/** Softmax of each row. */
export function toProbabilities(logits: Matrix): Matrix {
  const values = new Float64Array(logits.values.length);
  for (let row = 0; row < logits.rows; row++) {
    const own = viewRow(logits, row);
    const largest = own.reduce((most, logit) => Math.max(most, logit), -Infinity);
    const powers = own.map((logit) => Math.exp(logit - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    values.set(
      powers.map((power) => power / sum),
      row * logits.columns,
    );
  }
  return { ...logits, values };
}
