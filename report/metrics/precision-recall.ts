import { type Answers, averageDefined } from "./answers.ts";
import { askOneVsRest } from "./one-vs-rest.ts";
import { type BinaryAnswers, countByThreshold } from "./threshold-counts.ts";
import { at } from "../../common/at.ts";

interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
}

export interface PrecisionRecallCurve {
  /** By rising recall; the precision of recall 0 is 1 by convention. */
  readonly points: readonly PrecisionRecallPoint[];
  /** Sum of (R_n - R_(n-1)) P_n over the thresholds: no interpolation, which would be too kind. */
  readonly averagePrecision: number;
}

export interface PrecisionRecallReport {
  /** One curve a class; null for a class without clips. */
  readonly classes: readonly (PrecisionRecallCurve | null)[];
  readonly micro: PrecisionRecallCurve | null;
  /** Mean of the defined classes' average precisions. */
  readonly macroAveragePrecision: number | null;
}

/** One-vs-rest precision-recall curves of the softmax probabilities. */
export function tracePrecisionRecalls(answers: Answers): PrecisionRecallReport {
  const questions = askOneVsRest(answers);
  const classes = questions.classes.map(tracePrecisionRecall);
  return {
    classes,
    micro: tracePrecisionRecall(questions.pooled),
    macroAveragePrecision: averageDefined(classes.map((curve) => curve?.averagePrecision ?? null)),
  };
}

/** @returns null when there are no positives: recall has nothing to divide by */
function tracePrecisionRecall(answers: BinaryAnswers): PrecisionRecallCurve | null {
  const counts = countByThreshold(answers);
  const positives = counts.at(-1)?.truePositives ?? 0;
  if (positives === 0) return null;
  const points = [{ recall: 0, precision: 1 }];
  let averagePrecision = 0;
  for (const { truePositives, falsePositives } of counts) {
    const point = {
      recall: truePositives / positives,
      precision: truePositives / (truePositives + falsePositives),
    };
    averagePrecision += (point.recall - at(points, -1).recall) * point.precision;
    points.push(point);
  }
  return { points, averagePrecision };
}
