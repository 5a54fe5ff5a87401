import type { Config } from "vega-lite";

/** Colours by role: those of the common design, which has them for light, dark and print. */
export const ink = {
  strong: "var(--ink)",
  muted: "var(--quiet)",
  line: "var(--rule)",
  faint: "var(--line)",
  first: "var(--accent)",
  second: "var(--second)",
  onFirst: "var(--on-accent)",
  paper: "var(--page)",
} as const;

/** Panels are drawn at about the width of a phone, so that no text shrinks there; wide pages show several a row. */
export const panel = { width: 270, height: 190 } as const;

export const chartConfig: Config = {
  background: "transparent",
  font: "inherit",
  padding: { left: 2, right: 8, top: 4, bottom: 2 },
  aria: false,
  view: { stroke: null },
  axis: {
    domain: false,
    gridColor: ink.faint,
    labelColor: ink.muted,
    labelFontSize: 11,
    labelPadding: 6,
    tickColor: ink.line,
    tickSize: 4,
    ticks: false,
    titleColor: ink.muted,
    titleFontSize: 11,
    titleFontWeight: "normal",
    titlePadding: 6,
    tickCount: 5,
  },
  axisX: { grid: false, domain: true, domainColor: ink.line },
  // The title of a vertical axis stands above it, level, where it can be read.
  axisY: {
    titleAngle: 0,
    titleAlign: "left",
    titleAnchor: "end",
    titleBaseline: "bottom",
    titleX: 0,
    titleY: -8,
  },
  legend: {
    orient: "top",
    title: null,
    labelColor: ink.strong,
    labelFontSize: 11,
    symbolStrokeWidth: 2,
    symbolType: "stroke",
    offset: 8,
    padding: 0,
  },
};
