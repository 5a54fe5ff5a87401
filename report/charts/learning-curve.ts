import type { Html } from "../../common/html.ts";
import { readValidationScore, type EpochMetrics } from "../../run-files/epoch-metrics.ts";
import { formatPercent, formatScore } from "../page/format.ts";
import { renderChart } from "./render-chart.ts";
import { ink, panel } from "./theme.ts";

export type Measure = "loss" | "accuracy";

interface LearningCurveOptions {
  readonly title: string;
  readonly measure: Measure;
  /** One list of epochs for each training that belongs in the panel, as several seeds do. */
  readonly trainings: readonly (readonly EpochMetrics[])[];
  /** Epoch whose weights were kept. */
  readonly selectedEpoch: number | null;
  /** Ends of the axes, which panels side by side share. */
  readonly epochs: number;
  readonly highest: number;
}

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly set: "train" | "validation";
  readonly line: string;
}

/** Loss or accuracy over the epochs, for the training and the validation clips. */
export async function drawLearningCurve(options: LearningCurveOptions): Promise<Html> {
  const { title, measure, trainings, selectedEpoch, epochs, highest } = options;
  // Cut here and not by a clip path, whose id would have to be unique in the page.
  const points = trainings
    .flatMap((rows, index) => listPoints(rows, measure, index))
    .map((point) => ({ ...point, value: Math.min(point.value, highest) }));
  const tips = listTips(trainings[0] ?? [], measure);
  const last = points.findLast(({ set }) => set === "validation")?.value ?? null;
  const format = measure === "accuracy" ? ".0%" : "~g";
  return renderChart(
    {
      width: panel.width,
      height: 130,
      layer: [
        {
          data: { values: selectedEpoch === null ? [] : [{ epoch: selectedEpoch }] },
          mark: { type: "rule", color: ink.line, strokeDash: [2, 2] },
          encoding: { x: { field: "epoch", type: "quantitative" } },
        },
        {
          data: { values: points },
          mark: { type: "line", strokeWidth: trainings.length > 1 ? 1 : 1.6 },
          encoding: {
            x: {
              field: "epoch",
              type: "quantitative",
              title: "epoch",
              axis: { format: "d", tickMinStep: 1 },
              scale: { domain: [0, epochs], nice: false },
            },
            y: {
              field: "value",
              type: "quantitative",
              title: null,
              axis: { format },
              scale: { domain: [0, highest], nice: false },
            },
            color: {
              field: "set",
              type: "nominal",
              scale: { domain: ["train", "validation"], range: [ink.second, ink.first] },
              legend: null,
            },
            detail: { field: "line", type: "nominal" },
          },
        },
        {
          data: { values: tips },
          mark: { type: "rect", opacity: 0, aria: true },
          encoding: {
            x: { field: "from", type: "quantitative" },
            x2: { field: "to" },
            description: { field: "text", type: "nominal" },
          },
        },
      ],
    },
    `${title}: ${measure} over ${epochs} epochs; validation ends at ${
      measure === "accuracy" ? `${formatPercent(last)} %` : formatScore(last)
    }.`,
  );
}

function listPoints(rows: readonly EpochMetrics[], measure: Measure, training: number): Point[] {
  return rows.flatMap((row) => {
    const [train, validation] = pickValues(row, measure);
    const points: Point[] = [];
    if (train !== null) points.push({ epoch: row.epoch, value: train, set: "train", line: `t${training}` });
    if (validation !== null) {
      points.push({ epoch: row.epoch, value: validation, set: "validation", line: `v${training}` });
    }
    return points;
  });
}

/** A tip for each stretch of epochs, at most forty, so that the page stays light. */
function listTips(
  rows: readonly EpochMetrics[],
  measure: Measure,
): { from: number; to: number; text: string }[] {
  const step = Math.max(1, Math.ceil(rows.length / 40));
  return rows
    .filter((_, index) => index % step === 0)
    .map((row) => {
      const [train, validation] = pickValues(row, measure).map((value) =>
        measure === "accuracy" ? `${formatPercent(value)} %` : formatScore(value),
      );
      const text = `Epoch ${row.epoch}: train ${train ?? ""}, validation ${validation ?? ""}`;
      return { from: row.epoch - step / 2, to: row.epoch + step / 2, text };
    });
}

function pickValues(row: EpochMetrics, measure: Measure): [number | null, number | null] {
  return measure === "loss"
    ? [row.trainLoss, row.validationLoss]
    : [row.trainAccuracy, readValidationScore(row)];
}
