import { html } from "../../common/html.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { formatPercent, formatScore } from "../page/format.ts";
import { isolate, renderTable } from "../page/parts.ts";
import { drawCurves } from "./curves.ts";
import type { Section } from "./section.ts";

/** The classes of clips that may have several: a yes-or-no question each, so there is no confusion matrix. */
export async function writeLabelSets({ main }: ReportData): Promise<Section | null> {
  const sets = main.variant?.labelSets;
  if (!sets) return null;
  const thresholds = sets.hasThresholds
    ? "at the thresholds of the exported model, which validation clips chose"
    : "from a probability of 0.5 on: the run has no thresholds yet";
  return {
    id: "classes",
    title: "Scores of each class",
    body: html`<p>
        A clip may have several of the classes, or none, so each class is a question of its own. Average
        precision (the area under precision over recall) needs no threshold; the others are ${thresholds}.
      </p>
      ${renderTable({
        caption: `${String(sets.distinctClips)} ${sets.split} clips`,
        rows: sets.classes,
        columns: [
          { title: "Class", kind: "text", cell: ({ label }) => isolate(label) },
          { title: "clips", cell: ({ clips }) => clips },
          { title: "avg. precision", cell: ({ averagePrecision }) => formatScore(averagePrecision) },
          { title: "threshold", cell: ({ threshold }) => formatScore(threshold) },
          { title: "precision", cell: ({ precision }) => formatScore(precision) },
          { title: "recall", cell: ({ recall }) => formatScore(recall) },
          { title: "F1", cell: ({ f1 }) => formatScore(f1) },
        ],
      })}
      <p>
        Over all classes: mean average precision ${formatScore(sets.meanAveragePrecision)}, macro F1
        ${formatScore(sets.macroF1)}, micro F1 ${formatScore(sets.microF1)}, macro ROC area
        ${formatScore(sets.roc.macroArea)}; ${formatPercent(sets.allRight)} % of the clips with exactly the
        right classes. A dash means undefined: a class without clips has no recall, a class that was never
        named has no precision. Means are over what is defined.
      </p>
      ${await drawCurves(sets, main.run.data.labels)}`,
  };
}
