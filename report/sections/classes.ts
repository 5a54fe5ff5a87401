import { at } from "../../common/at.ts";
import type { ReportData } from "../analysis/report-data.ts";
import type { Interval } from "../../common/bound-fraction.ts";
import { nameClasses } from "../page/class-names.ts";
import { formatPercent, formatScore, formatScoreInterval } from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate, renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** Every class with its scores; what is undefined is shown as a dash, not as 0. */
export function writeClasses({ main }: ReportData): Section | null {
  const { run, variant } = main;
  if (!variant?.scored) return null;
  const { evaluation } = variant.scored;
  const names = nameClasses(run.data.labels);
  const rows = evaluation.classes.map((score, index) => ({
    name: at(names, index),
    score,
    interval: evaluation.f1Intervals[index] ?? null,
    area: evaluation.roc.classes[index]?.area ?? null,
    averagePrecision: evaluation.precisionRecall.classes[index]?.averagePrecision ?? null,
  }));
  const { overall, roc, precisionRecall, macroF1Interval } = evaluation;
  return {
    id: "classes",
    title: "Scores of each class",
    body: html`${renderTable({
        caption: "F1 with 95 % bootstrap intervals (1,000 resamples of the clips)",
        rows,
        columns: [
          { title: "Class", kind: "text", cell: ({ name }) => isolate(name) },
          { title: "clips", cell: ({ score }) => score.support },
          { title: "precision", cell: ({ score }) => formatScore(score.precision) },
          { title: "recall", cell: ({ score }) => formatScore(score.recall) },
          { title: "F1", cell: ({ score }) => formatScore(score.f1) },
          { title: "F1 interval", cell: ({ interval }) => formatScoreInterval(interval) },
          {
            title: html`<span class="hidden">F1 interval as a bar from 0 to 1</span>`,
            kind: "text",
            cell: ({ score, interval }) => drawIntervalBar(score.f1, interval),
          },
          { title: "ROC area", cell: ({ area }) => formatScore(area) },
          { title: "avg. precision", cell: ({ averagePrecision }) => formatScore(averagePrecision) },
        ],
      })}
      <p>
        Over all classes: accuracy ${formatPercent(overall.accuracy)} % (for one label a clip the same as
        micro F1), macro F1 ${formatScore(overall.macroF1)} (${formatScoreInterval(macroF1Interval)}), macro
        precision ${formatScore(overall.macroPrecision)}, macro recall ${formatScore(overall.macroRecall)},
        macro ROC area ${formatScore(roc.macroArea)}, mean average precision
        ${formatScore(precisionRecall.macroAveragePrecision)}, log loss ${formatScore(evaluation.loss)}. A
        dash means undefined: a class without clips has no recall, a class that was never predicted has no
        precision. Means are over what is defined.
      </p>`,
  };
}

/** A line from 0 to 1 with the interval and the value on it; the numbers stand beside it. */
export function drawIntervalBar(value: number | null, interval: Interval | null): Html | null {
  if (value === null || interval === null) return null;
  const at = (fraction: number): string => (2 + 96 * fraction).toFixed(1);
  return html`<svg class="bar" viewBox="0 0 100 12" aria-hidden="true">
    <path class="track" d="M2 6H98" />
    <path class="range" d="M${at(interval.low)} 6H${at(interval.high)}" />
    <circle cx="${at(value)}" cy="6" r="3.2" />
  </svg>`;
}
