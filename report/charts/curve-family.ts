import type { Html } from "../../common/html.ts";
import { renderChart } from "./render-chart.ts";
import { ink, panel } from "./theme.ts";

export interface Curve {
  readonly name: string;
  /** Thick and coloured, or one of many thin grey ones. */
  readonly weight: "first" | "second" | "thin";
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Shown on hover. */
  readonly tip: string;
}

interface CurveFamilyOptions {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly curves: readonly Curve[];
  /** Draws the line from (0, 0) to (1, 1), where guessing lies. */
  readonly diagonal: boolean;
  /** How neighbouring points are joined; steps where a straight line would promise too much. */
  readonly interpolate: "linear" | "step-before";
  readonly summary: string;
}

const looks = {
  first: { color: ink.first, width: 2 },
  second: { color: ink.second, width: 2 },
  thin: { color: ink.line, width: 1 },
} as const;

/** Curves in the unit square: averages in colour over the single classes in grey. */
export async function drawCurveFamily(options: CurveFamilyOptions): Promise<Html> {
  const { xTitle, yTitle, curves, diagonal, interpolate, summary } = options;
  const ordered = [
    ...curves.filter(({ weight }) => weight === "thin"),
    ...curves.filter(({ weight }) => weight !== "thin"),
  ];
  const axis = { format: ".1~f", values: [0, 0.25, 0.5, 0.75, 1] };
  const scale = { domain: [0, 1], nice: false };
  const x = { field: "x", type: "quantitative", title: xTitle, axis, scale } as const;
  const y = {
    field: "y",
    type: "quantitative",
    title: yTitle,
    axis: { ...axis, format: ".2~f" },
    scale,
  } as const;
  return renderChart(
    {
      width: panel.width,
      height: panel.width,
      layer: [
        {
          data: {
            values: diagonal
              ? [
                  { x: 0, y: 0 },
                  { x: 1, y: 1 },
                ]
              : [],
          },
          mark: { type: "line", color: ink.line, strokeDash: [2, 3], strokeWidth: 1 },
          encoding: { x: { ...x, axis: { ...axis, format: ".2~f" } }, y },
        },
        ...ordered.map(({ points, weight, tip }) => ({
          data: { values: points.map((point, order) => ({ ...point, order, tip })) },
          mark: {
            type: "line",
            aria: true,
            color: looks[weight].color,
            strokeWidth: looks[weight].width,
            strokeJoin: "round",
            interpolate,
          } as const,
          encoding: {
            x,
            y,
            order: { field: "order", type: "quantitative" },
            description: { field: "tip", type: "nominal" },
          } as const,
        })),
      ],
    },
    summary,
  );
}

interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * Leaves out points nearer than `distance` to the last one kept, along the curve; the ends stay. Most thresholds lie
 * in the crowded end of a curve: by rank, its steep beginning would be lost.
 */
export function thinOut<Point extends CurvePoint>(points: readonly Point[], distance = 0.01): Point[] {
  const kept: Point[] = [];
  for (const [index, point] of points.entries()) {
    const last = kept.at(-1);
    const far = last === undefined || Math.abs(point.x - last.x) + Math.abs(point.y - last.y) >= distance;
    if (far || index === points.length - 1) kept.push(point);
  }
  return kept;
}
