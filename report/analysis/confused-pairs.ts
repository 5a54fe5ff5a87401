import type { ConfusionMatrix } from "../metrics/confusion-matrix.ts";

export interface ConfusedPair {
  /** Class indices. */
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
  /** Clips of the true class. */
  readonly support: number;
}

/** Off-diagonal cells, the fullest first. */
export function listConfusedPairs(matrix: ConfusionMatrix): ConfusedPair[] {
  const pairs = matrix.flatMap((row, truth) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, predicted) =>
      predicted === truth || count === 0 ? [] : [{ truth, predicted, count, support }],
    );
  });
  return pairs.sort((one, two) => two.count - one.count || two.count / two.support - one.count / one.support);
}
