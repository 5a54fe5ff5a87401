import { at } from "../../common/at.ts";

/** How well logits agree with labels. Fractions are 0 to 1. */
export interface ClassificationMetrics {
  readonly clips: number;
  readonly accuracy: number;
  /** Mean over classes of 2 tp / (2 tp + fp + fn); a class that is neither present nor predicted is left out. */
  readonly macroF1: number;
  /** Mean cross-entropy of the softmax, in nats. */
  readonly loss: number;
  /** `confusion[actual][predicted]` counts clips. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Compares logits, row-major [clips, classes], with one class index a clip.
 * @throws RangeError when the sizes do not fit
 */
export function computeMetrics(
  logits: Float32Array,
  actual: readonly number[],
  classes: number,
): ClassificationMetrics {
  if (logits.length !== actual.length * classes)
    throw new RangeError(`logits: expected ${actual.length} x ${classes} values, got ${logits.length}`);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  actual.forEach((label, clip) => {
    const row = logits.subarray(clip * classes, (clip + 1) * classes);
    const counts = confusion[label];
    if (counts === undefined)
      throw new RangeError(`label of clip ${clip}: expected below ${classes}, got ${label}`);
    const predicted = findTopClass(row);
    counts[predicted] = at(counts, predicted) + 1;
    loss += computeCrossEntropy(row, label);
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

/** Index of the largest value; the first of equals. */
export function findTopClass(logits: Float32Array): number {
  let top = 0;
  logits.forEach((value, index) => {
    if (value > at(logits, top)) top = index;
  });
  return top;
}

/** exp(logits) / sum(exp(logits)), shifted by the maximum so that it cannot overflow. */
export function softmax(logits: Float32Array): Float32Array {
  const max = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - max));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

/** log(sum(exp(logits))) - logits[label], shifted by the maximum so that it cannot overflow. */
function computeCrossEntropy(logits: Float32Array, label: number): number {
  const max = Math.max(...logits);
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - max);
  return max + Math.log(sum) - at(logits, label);
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
