import { at } from "../common/at.ts";
import { type Matrix, viewRow } from "./matrix.ts";

/**
 * For each class, the probability from which calling it gives the best F1 on rows that the classifier did not train
 * on: halfway between the last hit that counts and the next lower score. 0.5 for a class that has no rows.
 * @param probabilities [rows, classes]
 */
export function chooseThresholds(probabilities: Matrix, labels: readonly number[]): number[] {
  return Array.from({ length: probabilities.columns }, (_, label) => {
    const scores = labels.map((actual, row) => ({
      score: at(viewRow(probabilities, row), label),
      isHit: actual === label,
    }));
    scores.sort((a, b) => b.score - a.score);
    const positives = scores.filter(({ isHit }) => isHit).length;
    let best = { f1: 0, threshold: 0.5 };
    let hits = 0;
    for (const [index, { score, isHit }] of scores.entries()) {
      if (isHit) hits++;
      const next = scores[index + 1]?.score ?? 0;
      const f1 = (2 * hits) / (index + 1 + positives);
      if (next < score && f1 > best.f1) best = { f1, threshold: (score + next) / 2 };
    }
    return best.threshold;
  });
}
