import type { OneVsRest } from "./one-vs-rest.ts";
import {
  averageDefined,
  type BinaryAnswers,
  computeAveragePrecision,
  countByThreshold,
} from "../../common/binary-answers.ts";

interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
}

export interface PrecisionRecallCurve {
  /** By rising recall; the precision of recall 0 is 1 by convention. */
  readonly points: readonly PrecisionRecallPoint[];
  /** `computeAveragePrecision`. */
  readonly averagePrecision: number;
}

export interface PrecisionRecallReport {
  /** One curve a class; null for a class without clips. */
  readonly classes: readonly (PrecisionRecallCurve | null)[];
  readonly micro: PrecisionRecallCurve | null;
  /** Mean of the defined classes' average precisions. */
  readonly macroAveragePrecision: number | null;
}

/** One-vs-rest precision-recall curves. */
export function tracePrecisionRecalls(questions: OneVsRest): PrecisionRecallReport {
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
  const averagePrecision = computeAveragePrecision(counts);
  if (averagePrecision === null) return null;
  const positives = counts.at(-1)?.truePositives ?? 0;
  const points = counts.map(({ truePositives, falsePositives }) => ({
    recall: truePositives / positives,
    precision: truePositives / (truePositives + falsePositives),
  }));
  return { points: [{ recall: 0, precision: 1 }, ...points], averagePrecision };
}
