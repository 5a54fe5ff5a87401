import { at } from "../common/at.ts";
import { type Matrix, multiply, viewRow } from "./matrix.ts";

export interface Neighbour {
  /** Row of the known ones. */
  readonly index: number;
  /** Cosine of the angle between both, -1 to 1. */
  readonly similarity: number;
}

/** The `count` rows most similar to a vector, most similar first; the first of equals. */
export function findNearest(known: Matrix, query: Float64Array, count: number): Neighbour[] {
  const length = Math.sqrt(multiply(query, query));
  const all = Array.from({ length: known.rows }, (_, index): Neighbour => {
    const row = viewRow(known, index);
    const product = length * Math.sqrt(multiply(row, row));
    return { index, similarity: product === 0 ? 0 : multiply(row, query) / product };
  });
  return all.toSorted((a, b) => b.similarity - a.similarity || a.index - b.index).slice(0, count);
}

/**
 * Probability of each class as the fraction of the `count` nearest known rows that have it, each weighed by its
 * similarity: k nearest neighbours, for those who add classes without training.
 */
export function classifyByNeighbours(
  {
    rows,
    labels,
    classes,
  }: { readonly rows: Matrix; readonly labels: readonly number[]; readonly classes: number },
  query: Float64Array,
  count: number,
): Float64Array {
  const votes = new Float64Array(classes);
  let total = 0;
  for (const { index, similarity } of findNearest(rows, query, count)) {
    const weight = Math.max(similarity, 1e-9); // one that points away still is a neighbour
    const label = at(labels, index);
    votes[label] = at(votes, label) + weight;
    total += weight;
  }
  return votes.map((vote) => vote / total);
}
