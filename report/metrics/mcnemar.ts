export interface McNemarResult {
  /** Clips that only the first, and only the second, got right. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Chance of a split at least as uneven if both were equally good. */
  readonly pValue: number;
}

/**
 * McNemar's exact test of two classifiers on the same clips: the clips on which exactly one is right should fall to
 * either side like a fair coin (two-sided binomial test).
 */
export function compareByMcNemar(first: readonly boolean[], second: readonly boolean[]): McNemarResult {
  if (first.length !== second.length) {
    throw new RangeError(
      `McNemar's test: expected the same clips twice, got ${first.length} and ${second.length}`,
    );
  }
  const onlyFirst = first.filter((right, clip) => right && second[clip] === false).length;
  const onlySecond = second.filter((right, clip) => right && first[clip] === false).length;
  const flips = onlyFirst + onlySecond;
  const tail = sumBinomialTail(Math.min(onlyFirst, onlySecond), flips);
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) };
}

/** P(X <= heads) of `flips` fair flips; logarithms keep thousands of flips from underflowing. */
function sumBinomialTail(heads: number, flips: number): number {
  let logTerm = -flips * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let count = 1; count <= heads; count++) {
    logTerm += Math.log((flips - count + 1) / count);
    sum += Math.exp(logTerm);
  }
  return sum;
}
