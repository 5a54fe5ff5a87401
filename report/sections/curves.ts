import type { ReportData } from "../analysis/report-data.ts";
import { drawCalibration } from "../charts/calibration-chart.ts";
import { drawPrecisionRecall } from "../charts/precision-recall-chart.ts";
import { drawRoc } from "../charts/roc-chart.ts";
import { nameClasses } from "../page/class-names.ts";
import { formatScore } from "../page/format.ts";
import type { Evaluation } from "../analysis/evaluation.ts";
import { html, type Html } from "../../common/html.ts";
import { renderFigure, renderPanels } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** ROC, precision-recall and calibration: how well the probabilities agree with what is correct. */
export async function writeCurves({ main }: ReportData): Promise<Section | null> {
  const { run, variant } = main;
  if (!variant?.scored) return null;
  return {
    id: "curves",
    title: "Calibration",
    body: await drawCurves(variant.scored.evaluation, run.data.labels),
  };
}

/** The three figures side by side, with what their colours mean. */
export async function drawCurves(
  { roc, precisionRecall, calibration }: Pick<Evaluation, "roc" | "precisionRecall" | "calibration">,
  labels: readonly string[],
): Promise<Html> {
  const names = nameClasses(labels);
  const figures = [
    renderFigure({
      title: "ROC",
      note: `area: macro ${formatScore(roc.macroArea)}, micro ${formatScore(roc.micro?.area)}`,
      chart: await drawRoc(roc, names),
    }),
    renderFigure({
      title: "Precision and recall",
      note: `average precision: mean ${formatScore(precisionRecall.macroAveragePrecision)}, micro ${formatScore(precisionRecall.micro?.averagePrecision)}`,
      chart: await drawPrecisionRecall(precisionRecall, names),
    }),
    renderFigure({
      title: "Reliability diagram",
      note: `expected calibration error ${formatScore(calibration.expectedError)}; below the diagonal the network is overconfident`,
      chart: await drawCalibration(calibration),
    }),
  ];
  return html`<p class="legend">
      <span class="key first">macro average</span><span class="key second">micro average</span
      ><span class="key line">one class against the rest</span>
    </p>
    ${renderPanels(figures)}`;
}
