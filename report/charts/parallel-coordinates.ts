import type { Html } from "../../common/html.ts";
import { renderChart } from "./render-chart.ts";
import { ink } from "./theme.ts";

/** An axis with its ticks at heights of 0 (bottom) to 1. */
export interface ParallelAxis {
  readonly title: string;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

export interface ParallelLine {
  /** Height on each axis, 0 to 1; null leaves a gap. */
  readonly heights: readonly (number | null)[];
  readonly strong: boolean;
  readonly tip: string;
}

/** Every configuration as a line across one axis a setting, ending at its result; the best is coloured. */
export async function drawParallelCoordinates(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
  summary: string,
): Promise<Html> {
  const titles = axes.map(({ title }) => title);
  const points = lines.flatMap(({ heights, strong, tip }, line) =>
    heights.flatMap((height, axis) =>
      height === null ? [] : [{ axis: titles[axis], height, strong, tip, line, place: axis }],
    ),
  );
  const ticks = axes.flatMap(({ title, ticks }) =>
    ticks.map(({ at, label }) => ({ axis: title, height: at, label })),
  );
  const x = {
    field: "axis",
    type: "nominal",
    title: null,
    scale: { domain: titles, type: "point", padding: 0.3 },
    axis: { orient: "top", labelAngle: 0, labelColor: ink.strong, domain: false, labelLimit: 110 },
  } as const;
  const y = { field: "height", type: "quantitative" as const, scale: { domain: [0, 1] }, axis: null };
  return renderChart(
    {
      width: Math.max(300, 120 * axes.length),
      height: 210,
      layer: [
        {
          data: { values: titles.map((axis) => ({ axis })) },
          mark: { type: "rule", color: ink.line },
          encoding: { x },
        },
        {
          data: { values: points },
          mark: { type: "line", strokeJoin: "round", aria: true },
          encoding: {
            x,
            y,
            detail: { field: "line", type: "nominal" },
            order: { field: "place", type: "quantitative" },
            color: { condition: { test: "datum.strong", value: ink.first }, value: ink.line },
            strokeWidth: { condition: { test: "datum.strong", value: 2.2 }, value: 1.2 },
            description: { field: "tip", type: "nominal" },
          },
        },
        {
          // A rim in the page's colour, so that lines pass behind the words.
          data: { values: ticks },
          mark: { type: "text", align: "left", dx: 5, fontSize: 11, stroke: ink.paper, strokeWidth: 4 },
          encoding: { x, y, text: { field: "label", type: "nominal" } },
        },
        {
          data: { values: ticks },
          mark: { type: "text", align: "left", dx: 5, fontSize: 11, color: ink.strong },
          encoding: { x, y, text: { field: "label", type: "nominal" } },
        },
      ],
    },
    summary,
  );
}
