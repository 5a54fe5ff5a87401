import { at } from "../../common/at.ts";
import type { JobResult } from "../../run-files/job-result.ts";

/** How well logits agree with labels, as it is kept in result.json. */
export type ClipMetrics = NonNullable<JobResult["test"]>;

/**
 * Compares logits, row-major [clips, classes], with one class index a clip.
 * @throws RangeError when the sizes do not fit
 */
export function computeMetrics(
  logits: Float32Array,
  actual: readonly number[],
  classes: number,
): ClipMetrics & { readonly confusion: number[][] } {
  checkLogits(logits, actual, actual.length, classes);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  actual.forEach((label, clip) => {
    const row = logits.subarray(clip * classes, (clip + 1) * classes);
    const counts = at(confusion, label);
    const predicted = findTopClass(row);
    counts[predicted] = at(counts, predicted) + 1;
    loss += computeLogSum(row) - at(row, label);
  });
  const correct = confusion.reduce((sum, counts, label) => sum + at(counts, label), 0);
  const clips = actual.length;
  return {
    clips,
    accuracy: correct / clips,
    macroF1: computeMacroF1(confusion),
    loss: loss / clips,
    confusion,
  };
}

/** @throws RangeError when there are not `clips` x `classes` logits, or a label is no class */
export function checkLogits(
  logits: Float32Array,
  labels: readonly number[],
  clips: number,
  classes: number,
): void {
  if (logits.length !== clips * classes)
    throw new RangeError(`logits: expected ${clips} x ${classes} values, got ${logits.length}`);
  const unknown = labels.find((label) => label >= classes);
  if (unknown !== undefined) throw new RangeError(`label: expected below ${classes}, got ${unknown}`);
}

/** Index of the largest value; the first of equals. */
export function findTopClass(logits: Float32Array): number {
  let top = 0;
  logits.forEach((value, index) => {
    if (value > at(logits, top)) top = index;
  });
  return top;
}

/** log(sum(exp(logits))), shifted by the maximum so that it cannot overflow. */
export function computeLogSum(logits: Float32Array): number {
  const max = Math.max(...logits);
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - max);
  return max + Math.log(sum);
}

/** Macro F1 of a confusion matrix `[actual][predicted]`. */
function computeMacroF1(confusion: readonly (readonly number[])[]): number {
  const scores: number[] = [];
  confusion.forEach((counts, label) => {
    const truePositives = at(counts, label);
    const present = counts.reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, row) => sum + at(row, label), 0);
    if (present + predicted > 0) scores.push((2 * truePositives) / (present + predicted));
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
