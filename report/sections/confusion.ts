import { at } from "../../common/at.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { listConfusedPairs } from "../analysis/confused-pairs.ts";
import { drawConfusion, maxNamedClasses } from "../charts/confusion-chart.ts";
import { nameClasses } from "../page/class-names.ts";
import { formatPercent } from "../page/format.ts";
import { html } from "../../common/html.ts";
import { isolate, renderFigure, renderPanels, renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** Which classes are confused with which. */
export async function writeConfusion({ main }: ReportData): Promise<Section | null> {
  const { run, variant } = main;
  if (!variant?.scored) return null;
  const { evaluation } = variant.scored;
  const names = nameClasses(run.data.labels);
  const draw = { title: variant.title, matrix: evaluation.confusion, names };
  const named = names.length <= maxNamedClasses;
  const figures = [
    renderFigure({
      title: "Clips",
      note: "shaded by the fraction of their row",
      chart: await drawConfusion({ ...draw, cells: "counts" }),
    }),
  ];
  if (named) {
    figures.push(
      renderFigure({
        title: "Percent of each row",
        chart: await drawConfusion({ ...draw, cells: "shares" }),
      }),
    );
  }
  const pairs = listConfusedPairs(evaluation.confusion).slice(0, 10);
  return {
    id: "confusion",
    title: "Confusion matrix",
    body: html`${renderPanels(figures, "wide")}
    ${
      pairs.length > 0 &&
      renderTable({
        caption: "The most frequent confusions",
        rows: pairs,
        columns: [
          { title: "Class", kind: "text", cell: ({ truth }) => isolate(at(names, truth)) },
          { title: "classified as", kind: "text", cell: ({ predicted }) => isolate(at(names, predicted)) },
          { title: "clips", cell: ({ count }) => count },
          { title: "of", cell: ({ support }) => support },
          { title: "%", cell: ({ count, support }) => formatPercent(count / support) },
        ],
      })
    }`,
  };
}
