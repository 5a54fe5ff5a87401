import type { Html } from "../../common/html.ts";
import { renderChart } from "./render-chart.ts";
import { ink, panel } from "./theme.ts";

export interface RankedBar {
  readonly name: string;
  readonly value: number;
  readonly tip: string;
  /** For what the others are compared with. */
  readonly isPale?: boolean;
}

interface RankedBarsOptions {
  readonly bars: readonly RankedBar[];
  readonly title: string;
  readonly scale: "log" | "linear";
  /** Where a dashed line marks a limit. */
  readonly limit?: number;
  readonly format: string;
  readonly domain?: readonly [number, number];
  readonly summary: string;
}

/** One dot a row, in the given order, on a common axis. */
export async function drawRankedBars(options: RankedBarsOptions): Promise<Html> {
  const { bars, title, scale, limit, format, domain, summary } = options;
  const x = {
    type: "quantitative" as const,
    title,
    scale: { type: scale, ...(domain !== undefined && { domain: [...domain] }), zero: false },
    axis: { format, grid: false },
  };
  const y = {
    field: "name",
    type: "nominal" as const,
    title: null,
    sort: null,
    axis: { labelLimit: 190, labelColor: ink.strong, grid: true },
  };
  return renderChart(
    {
      width: panel.width,
      height: { step: 20 },
      layer: [
        {
          data: { values: limit === undefined ? [] : [{ value: limit }] },
          mark: { type: "rule", color: ink.second, strokeDash: [3, 3] },
          encoding: { x: { ...x, field: "value" } },
        },
        {
          data: { values: [...bars] },
          mark: { type: "circle", size: 55, opacity: 1, aria: true },
          encoding: {
            y,
            x: { ...x, field: "value" },
            color: { condition: { test: "datum.isPale", value: ink.line }, value: ink.first },
            description: { field: "tip", type: "nominal" },
          },
        },
      ],
    },
    summary,
  );
}
