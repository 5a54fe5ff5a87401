import { at } from "../../common/at.ts";

/** One yes-or-no question asked of many clips: a score for each, and whether the answer is yes. */
export interface BinaryAnswers {
  readonly scores: readonly number[];
  readonly positives: readonly boolean[];
}

/** What a threshold lets through: clips with `score >= threshold`. */
export interface ThresholdCount {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Counts at every distinct score, from the highest: ties pass together, whatever their order. */
export function countByThreshold({ scores, positives }: BinaryAnswers): ThresholdCount[] {
  const order = scores.map((score, clip) => ({ score, positive: at(positives, clip) }));
  order.sort((a, b) => b.score - a.score);
  const counts: ThresholdCount[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (const [index, { score, positive }] of order.entries()) {
    if (positive) truePositives++;
    else falsePositives++;
    if (order[index + 1]?.score !== score) counts.push({ threshold: score, truePositives, falsePositives });
  }
  return counts;
}
