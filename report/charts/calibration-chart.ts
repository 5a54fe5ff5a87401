import type { Calibration } from "../metrics/calibration.ts";
import { formatAmount, formatPercent, formatScore } from "../page/format.ts";
import type { Html } from "../../common/html.ts";
import { renderChart } from "./render-chart.ts";
import { ink, panel } from "./theme.ts";

/** Accuracy by confidence; dots grow with their clips, and lie on the diagonal when confidence can be believed. */
export async function drawCalibration({ bins, expectedError }: Calibration): Promise<Html> {
  const values = bins.flatMap(({ clips, confidence, accuracy, from, to }) =>
    confidence === null || accuracy === null
      ? []
      : [
          {
            confidence,
            accuracy,
            clips,
            tip:
              `${formatPercent(from, 0)}–${formatPercent(to, 0)} % sure: ${formatAmount(clips, "clip")}, ` +
              `${formatPercent(accuracy)} % right at ${formatPercent(confidence)} % confidence`,
          },
        ],
  );
  const axis = { format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] };
  const scale = { domain: [0, 1], nice: false };
  const x = { field: "confidence", type: "quantitative", title: "confidence", axis, scale } as const;
  const y = { field: "accuracy", type: "quantitative", title: "fraction correct", axis, scale } as const;
  return renderChart(
    {
      width: panel.width,
      height: panel.width,
      layer: [
        {
          data: {
            values: [
              { confidence: 0, accuracy: 0 },
              { confidence: 1, accuracy: 1 },
            ],
          },
          mark: { type: "line", color: ink.line, strokeDash: [2, 3], strokeWidth: 1 },
          encoding: { x, y },
        },
        {
          data: { values },
          mark: { type: "rule", color: ink.first, strokeWidth: 1, opacity: 0.5 },
          encoding: { x, y, y2: { field: "confidence" } },
        },
        {
          data: { values },
          mark: { type: "circle", color: ink.first, opacity: 1, aria: true },
          encoding: {
            x,
            y,
            size: {
              field: "clips",
              type: "quantitative",
              scale: { range: [12, 220], zero: true },
              legend: null,
            },
            description: { field: "tip", type: "nominal" },
          },
        },
      ],
    },
    `Calibration: expected calibration error ${formatScore(expectedError)}.`,
  );
}
