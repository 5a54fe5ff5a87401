import { at } from "../common/at.ts";
import { computeBinaryCrossEntropy, computeProbabilities, type Labelling } from "../common/labelling.ts";
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
  const doubt = 1 / (labels.length + 2);
  const margin = (doubt * sumMargins(logits, labels)) / labels.length;
  // What a target of 1 - doubt adds to the cross-entropy is linear in 1 / temperature.
  return minimiseOverTemperature(
    (temperature) => measureCrossEntropy(logits, labels, temperature) + margin / temperature,
  );
}

/**
 * The same where a row may have several classes, or none: one temperature for the sigmoids of all classes, by the least
 * binary cross-entropy. The targets are Platt's: (n + 1) / (n + 2) for the n yes, 1 / (n + 2) for the n no.
 * @param labels the classes of each row
 */
export function fitSigmoidTemperature(logits: Matrix, labels: readonly (readonly number[])[]): number {
  const yes = labels.reduce((sum, own) => sum + own.length, 0);
  const no = logits.values.length - yes;
  const [ofYes, ofNo] = [(yes + 1) / (yes + 2), 1 / (no + 2)];
  const targets = new Float64Array(logits.values.length).fill(ofNo);
  for (const [row, own] of labels.entries())
    for (const label of own) targets[row * logits.columns + label] = ofYes;
  return minimiseOverTemperature((temperature) =>
    computeBinaryCrossEntropy(divideLogits(logits, temperature).values, targets),
  );
}

/** A temperature of logits, applied: what the softmax or the sigmoid takes. */
export function divideLogits(logits: Matrix, temperature: number): Matrix {
  return { ...logits, values: logits.values.map((logit) => logit / temperature) };
}

/** A cross-entropy has one minimum over the inverse temperature, and so over its logarithm: golden section. */
function minimiseOverTemperature(measure: (temperature: number) => number): number {
  let from = Math.log(0.05);
  let to = Math.log(20);
  const inside = (fraction: number): number => from + fraction * (to - from);
  while (to - from > 1e-4) {
    if (measure(Math.exp(inside(1 - golden))) < measure(Math.exp(inside(golden)))) to = inside(golden);
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

/** Probabilities of each row's classes. */
export function toProbabilities(logits: Matrix, labelling?: Labelling): Matrix {
  const values = new Float64Array(logits.values.length);
  for (let row = 0; row < logits.rows; row++)
    values.set(computeProbabilities(viewRow(logits, row), { labelling }), row * logits.columns);
  return { ...logits, values };
}
