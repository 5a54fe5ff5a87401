import { html } from "../../common/html.ts";
import type { CalibrationFile } from "../../run-files/calibration.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { drawCalibration } from "../charts/calibration-chart.ts";
import type { Calibration } from "../metrics/calibration.ts";
import { formatPercent, formatScore } from "../page/format.ts";
import { isolate, renderFigure, renderPanels, renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** From which probability on a class is named, what that gives, and what the temperature did to the probabilities. */
export async function writeThresholds({ main: { run } }: ReportData): Promise<Section | null> {
  const { calibration } = run;
  if (calibration === null) return null;
  const { from, clips, goal, temperature, reliability, all, expected, classes, background } = calibration;
  const origin = from === "validation" ? "validation clips" : `test clips of ${from}`;
  const figures = [
    renderFigure({
      title: "Before the temperature",
      note: `expected calibration error ${formatScore(reliability.before.expectedError)}`,
      chart: await drawCalibration(readBins(reliability.before)),
    }),
    renderFigure({
      title: "As exported",
      note: `logits divided by ${formatScore(temperature)}; expected calibration error ${formatScore(reliability.after.expectedError)}`,
      chart: await drawCalibration(readBins(reliability.after)),
    }),
  ];
  return {
    id: "thresholds",
    title: "Thresholds",
    body: html`<p>
        Chosen for ${goal} on ${String(clips)} ${isolate(origin)}, which the network was not trained on, and
        on background of no class, which counts as ${formatPercent(calibration.backgroundFraction)} % of the
        sound. To be expected of new sounds, measured on clips and background that chose nothing: precision
        ${formatFraction(expected.precision) ?? "unknown"} %, recall ${formatPercent(expected.recall)} %.
      </p>
      ${renderTable({
        caption:
          "From which probability on a class is named, and what that gives on the same clips and background",
        rows: [{ label: "all classes", ...all }, ...classes],
        columns: [
          { title: "Class", kind: "text", cell: ({ label }) => isolate(label) },
          { title: "threshold", cell: ({ threshold }) => formatScore(threshold) },
          { title: "precision, %", cell: ({ precision }) => formatFraction(precision) },
          { title: "recall, %", cell: ({ recall }) => formatFraction(recall) },
          { title: "clips", cell: ({ rows }) => rows },
        ],
      })}
      ${renderTable({
        caption: `Background in which a class is named: ${formatRate(calibration)} false alarms an hour`,
        rows: background,
        columns: [
          { title: "Background", kind: "text", cell: ({ kind }) => isolate(kind) },
          { title: "windows", cell: ({ windows }) => windows },
          { title: "named", cell: ({ named }) => named },
        ],
      })}
      ${renderPanels(figures)}`,
  };
}

const formatFraction = (fraction: number | null): string | null =>
  fraction === null ? null : formatPercent(fraction);

const formatRate = ({ falseAlarmsPerHour }: CalibrationFile): string => falseAlarmsPerHour.toFixed(1);

/** Bins with their limits, as the chart wants them. */
function readBins({ bins, expectedError }: CalibrationFile["reliability"]["before"]): Calibration {
  return {
    bins: bins.map((bin, index) => ({ ...bin, from: index / bins.length, to: (index + 1) / bins.length })),
    expectedError,
  };
}
