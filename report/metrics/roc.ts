import type { OneVsRest } from "./one-vs-rest.ts";
import { averageDefined, type BinaryAnswers, countByThreshold } from "../../common/binary-answers.ts";
import { at } from "../../common/at.ts";

export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

export interface RocCurve {
  /** From (0, 0) to (1, 1). */
  readonly points: readonly RocPoint[];
  /** Area under it by the trapezoidal rule: the chance that a clip of the class outscores another, ties half. */
  readonly area: number;
}

export interface RocReport {
  /** One curve a class; null for a class that no clip or every clip belongs to. */
  readonly classes: readonly (RocCurve | null)[];
  readonly micro: RocCurve | null;
  /** Mean of the defined classes' areas. */
  readonly macroArea: number | null;
}

/** One-vs-rest ROC curves (Fawcett 2006, "An introduction to ROC analysis"). */
export function traceRocs(questions: OneVsRest): RocReport {
  const classes = questions.classes.map(traceRoc);
  return {
    classes,
    micro: traceRoc(questions.pooled),
    macroArea: averageDefined(classes.map((curve) => curve?.area ?? null)),
  };
}

/** @returns null when there are no positives or no negatives: then one of the rates has nothing to divide by */
function traceRoc(answers: BinaryAnswers): RocCurve | null {
  const counts = countByThreshold(answers);
  const last = counts.at(-1);
  if (last === undefined || last.truePositives === 0 || last.falsePositives === 0) return null;
  const points = [{ falsePositiveRate: 0, truePositiveRate: 0 }];
  let area = 0;
  for (const { truePositives, falsePositives } of counts) {
    const point = {
      falsePositiveRate: falsePositives / last.falsePositives,
      truePositiveRate: truePositives / last.truePositives,
    };
    const before = at(points, -1);
    const meanHeight = (point.truePositiveRate + before.truePositiveRate) / 2;
    area += (point.falsePositiveRate - before.falsePositiveRate) * meanHeight;
    points.push(point);
  }
  return { points, area };
}

/** Mean of several curves' true positive rates at `steps + 1` equally spaced false positive rates. */
export function averageRocs(curves: readonly RocCurve[], steps = 100): RocPoint[] {
  if (curves.length === 0) return [];
  return Array.from({ length: steps + 1 }, (_, step) => {
    const rate = step / steps;
    const heights = curves.map((curve) => interpolate(curve.points, rate));
    return {
      falsePositiveRate: rate,
      truePositiveRate: heights.reduce((sum, height) => sum + height, 0) / heights.length,
    };
  });
}

/** Height of the curve at `rate`; where it rises straight up, the upper end. */
function interpolate(points: readonly RocPoint[], rate: number): number {
  const after = points.findIndex(({ falsePositiveRate }) => falsePositiveRate > rate);
  const right = points[after];
  const left = points.at(after === -1 ? -1 : after - 1);
  if (left === undefined) return 0;
  if (right === undefined || left === right) return left.truePositiveRate;
  const fraction = (rate - left.falsePositiveRate) / (right.falsePositiveRate - left.falsePositiveRate);
  return left.truePositiveRate + fraction * (right.truePositiveRate - left.truePositiveRate);
}
