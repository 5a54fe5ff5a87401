import type { ReportData } from "../analysis/report-data.ts";
import { drawRankedBars } from "../charts/ranked-bars.ts";
import { formatPercent, formatTiny } from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate, renderFigure, renderTable } from "../page/parts.ts";
import type { RunResult } from "../run/run-result.ts";
import type { Section } from "./section.ts";

/** Whether every runtime gives the trained network's answer, and how fast. */
export async function writeParity({ main: { run } }: ReportData): Promise<Section | null> {
  const { parity } = run;
  if (parity.length === 0) return null;
  return {
    id: "parity",
    title: "Parity of the runtimes",
    body: html`${renderTable({
      caption: "Logits on each runtime against the network as trained",
      rows: parity,
      rowClass: ({ passed }) => (passed ? null : "bad"),
      columns: [
        { title: "Runtime", kind: "text", cell: ({ target }) => isolate(target) },
        { title: "inputs", cell: ({ inputs }) => inputs },
        { title: "largest difference", cell: (row) => formatTiny(row.maxAbsoluteDifference) },
        { title: "relative", cell: (row) => formatTiny(row.maxRelativeDifference) },
        { title: "allowed", cell: ({ tolerance }) => formatTiny(tolerance) },
        { title: "same class, %", cell: (row) => formatPercent(row.topClassAgreement) },
        { title: "ms a clip", cell: ({ meanMs }) => meanMs?.toFixed(2) ?? null },
        { title: "verdict", kind: "text", cell: ({ passed }) => (passed ? "passed" : "failed") },
      ],
    })}
    ${await drawLayers(run)}`,
  };
}

/** Where two runtimes begin to differ: the largest difference after each layer, in the order of computation. */
async function drawLayers({ layerDifferences, parity }: RunResult): Promise<Html | null> {
  const bars = layerDifferences
    .filter(({ maxAbsoluteDifference }) => maxAbsoluteDifference > 0) // a logarithmic axis has no 0
    .map(({ layer, maxAbsoluteDifference }) => ({
      name: layer,
      value: maxAbsoluteDifference,
      tip: `${layer}: ${formatTiny(maxAbsoluteDifference)}`,
    }));
  if (bars.length === 0) return null;
  const tolerance = parity[0]?.tolerance;
  return renderFigure({
    title: "Largest difference after each layer",
    note: "the dashed line is what is allowed of the logits",
    chart: await drawRankedBars({
      bars,
      title: "absolute difference",
      scale: "log",
      format: ".0e",
      ...(tolerance !== undefined && { limit: tolerance }),
      summary: `Largest absolute difference after each of ${bars.length} layers.`,
    }),
  });
}
