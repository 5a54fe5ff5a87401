import type { ReportData } from "../analysis/report-data.ts";
import { formatBytes, formatPercent, formatTiny } from "../page/format.ts";
import { html } from "../page/html.ts";
import { isolate, renderTable } from "../page/parts.ts";
import type { Section } from "./section.ts";

/** Whether every runtime gives the trained network's answer, and how fast. */
export function writeParity({ main: { run } }: ReportData): Section | null {
  const { parity, speeds, modelBytes } = run;
  if (parity.length === 0 && speeds.length === 0) return null;
  return {
    id: "parity",
    title: "The same answer everywhere",
    body: html`${
      parity.length > 0 &&
      renderTable({
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
          { title: "verdict", kind: "text", cell: ({ passed }) => (passed ? "passed" : "failed") },
        ],
      })
    }
    ${
      speeds.length > 0 &&
      renderTable({
        caption: `Time for one clip${modelBytes === null ? "" : `; the model file has ${formatBytes(modelBytes)}`}`,
        rows: speeds,
        columns: [
          { title: "Runtime", kind: "text", cell: ({ target }) => isolate(target) },
          { title: "from", kind: "text", cell: ({ input }) => input },
          { title: "ms a clip", cell: (row) => row.millisecondsPerClip.toFixed(2) },
          { title: "clips a second", cell: (row) => (1000 / row.millisecondsPerClip).toFixed(0) },
        ],
      })
    }`,
  };
}
