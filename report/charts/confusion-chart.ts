import { at } from "../../common/at.ts";
import { formatPercent } from "../page/format.ts";
import type { Html } from "../../common/html.ts";
import type { ConfusionMatrix } from "../metrics/confusion-matrix.ts";
import { renderChart } from "./render-chart.ts";
import { ink } from "./theme.ts";

interface ConfusionOptions {
  readonly title: string;
  readonly matrix: ConfusionMatrix;
  /** Class names as shown. */
  readonly names: readonly string[];
  /** What the cells say; they are shaded by row fraction either way. */
  readonly cells: "counts" | "shares";
}

/** Above this many classes, cells are too small for numbers and names: they keep their shade and their tip. */
export const maxNamedClasses = 24;

/** Clips of each class (rows) by the class they were classified as (columns). */
export async function drawConfusion({ title, matrix, names, cells }: ConfusionOptions): Promise<Html> {
  const named = names.length <= maxNamedClasses;
  const step = named ? Math.max(15, Math.min(27, 300 / names.length)) : Math.max(1.5, 330 / names.length);
  const values = matrix.flatMap((row, truth) =>
    row.flatMap((count, predicted) => {
      if (count === 0) return [];
      const of = row.reduce((sum, other) => sum + other, 0);
      const fraction = count / of;
      return [
        {
          truth: names[truth],
          predicted: names[predicted],
          shade: 0.06 + 0.94 * fraction,
          dark: fraction > 0.5,
          text: cells === "counts" ? String(count) : formatPercent(fraction, 0),
          tip: `${at(names, truth)} classified as ${at(names, predicted)}: ${count} of ${of} (${formatPercent(fraction)} %)`,
        },
      ];
    }),
  );
  const axis = { labels: named, labelLimit: 150, labelColor: ink.strong, domain: false, labelPadding: 4 };
  const scale = { domain: [...names], paddingInner: 0.04, paddingOuter: 0 };
  const x = { field: "predicted", type: "ordinal", scale } as const;
  const y = { field: "truth", type: "ordinal", scale } as const;
  return renderChart(
    {
      width: { step },
      height: { step },
      data: { values },
      layer: [
        {
          mark: { type: "rect", color: ink.first, aria: true },
          encoding: {
            x: { ...x, title: "classified as", axis: { ...axis, labelAngle: -45, orient: "top" } },
            y: { ...y, title: null, axis },
            opacity: { field: "shade", type: "quantitative", scale: null, legend: null },
            description: { field: "tip", type: "nominal" },
          },
        },
        ...(named
          ? [
              {
                mark: { type: "text", fontSize: 11 } as const,
                encoding: {
                  x,
                  y,
                  text: { field: "text", type: "nominal" },
                  color: { condition: { test: "datum.dark", value: ink.onFirst }, value: ink.strong },
                } as const,
              },
            ]
          : []),
      ],
    },
    `${title}: confusion matrix of ${names.length} classes; the table of classes gives the numbers.`,
  );
}
