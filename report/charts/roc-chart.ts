import { at } from "../../common/at.ts";
import { averageRocs, type RocCurve, type RocPoint, type RocReport } from "../metrics/roc.ts";
import { formatScore } from "../page/format.ts";
import type { Html } from "../../common/html.ts";
import { drawCurveFamily, thinOut, type Curve } from "./curve-family.ts";

/** One-vs-rest ROC curves: every class in grey, micro and macro average in colour. */
export async function drawRoc(report: RocReport, names: readonly string[]): Promise<Html> {
  const defined = report.classes.filter((curve) => curve !== null);
  const curves: Curve[] = report.classes.flatMap((curve, index) =>
    curve === null ? [] : [toCurve(curve, at(names, index), "thin")],
  );
  if (report.micro !== null) curves.push(toCurve(report.micro, "micro average", "second"));
  if (defined.length > 0) {
    const points = averageRocs(defined).map(toPoint);
    const tip = `macro average: area ${formatScore(report.macroArea)}`;
    curves.push({ name: "macro average", weight: "first", points: [{ x: 0, y: 0 }, ...points], tip });
  }
  return drawCurveFamily({
    xTitle: "false positive rate",
    yTitle: "true positive rate",
    curves,
    diagonal: true,
    interpolate: "linear",
    summary: `ROC curves, one against the rest: macro area ${formatScore(report.macroArea)}, micro ${formatScore(report.micro?.area)}.`,
  });
}

function toCurve(curve: RocCurve, name: string, weight: Curve["weight"]): Curve {
  return {
    name,
    weight,
    points: thinOut(curve.points.map(toPoint)),
    tip: `${name}: area ${formatScore(curve.area)}`,
  };
}

function toPoint({ falsePositiveRate, truePositiveRate }: RocPoint): { x: number; y: number } {
  return { x: falsePositiveRate, y: truePositiveRate };
}
