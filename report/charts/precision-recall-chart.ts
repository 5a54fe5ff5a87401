import { at } from "../../common/at.ts";
import type { PrecisionRecallCurve, PrecisionRecallReport } from "../metrics/precision-recall.ts";
import { formatScore } from "../page/format.ts";
import type { Html } from "../../common/html.ts";
import { drawCurveFamily, thinOut, type Curve } from "./curve-family.ts";

/** One-vs-rest precision-recall curves: every class in grey, the micro average in colour. */
export async function drawPrecisionRecall(
  report: PrecisionRecallReport,
  names: readonly string[],
): Promise<Html> {
  const curves: Curve[] = report.classes.flatMap((curve, index) =>
    curve === null ? [] : [toCurve(curve, at(names, index), "thin")],
  );
  if (report.micro !== null) curves.push(toCurve(report.micro, "micro average", "second"));
  return drawCurveFamily({
    xTitle: "recall",
    yTitle: "precision",
    curves,
    diagonal: false,
    interpolate: "step-before",
    summary:
      `Precision-recall curves, one against the rest: mean average precision ` +
      `${formatScore(report.macroAveragePrecision)}, micro ${formatScore(report.micro?.averagePrecision)}.`,
  });
}

function toCurve(curve: PrecisionRecallCurve, name: string, weight: Curve["weight"]): Curve {
  const points = thinOut(curve.points.map(({ recall, precision }) => ({ x: recall, y: precision })));
  return { name, weight, points, tip: `${name}: average precision ${formatScore(curve.averagePrecision)}` };
}
