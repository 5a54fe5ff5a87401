import { spread } from "../analysis/job-score.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { drawRankedBars } from "../charts/ranked-bars.ts";
import { formatPercent } from "../page/format.ts";
import { html } from "../../common/html.ts";
import { isolate, renderFigure, renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** What the accuracy is without each part of the recipe. */
export async function writeAblation({ main: { run } }: ReportData): Promise<Section | null> {
  const rows = run.ablation;
  if (rows.length === 0) return null;
  const bars = rows.map(({ change, accuracy }) => ({
    name: change,
    value: accuracy,
    tip: `${change}: ${formatPercent(accuracy, 2)} %`,
  }));
  const mean = spread(rows.map(({ accuracy }) => accuracy)).mean;
  return {
    id: "ablation",
    title: "Ablation",
    body: html`${renderFigure({
      title: "Accuracy with each change",
      chart: await drawRankedBars({
        bars,
        title: "accuracy",
        scale: "linear",
        format: ".0%",
        summary: `Accuracy after ${rows.length} changes to the recipe, ${formatPercent(mean)} % on average; the table gives the numbers.`,
      }),
    })}
    ${renderTable({
      caption: "Accuracy in percent",
      rows,
      columns: [
        { title: "Change", kind: "text", cell: ({ change }) => isolate(change) },
        { title: "accuracy", cell: ({ accuracy }) => formatPercent(accuracy, 2) },
      ],
    })}`,
  };
}
