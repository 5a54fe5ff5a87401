import type { LabelScore } from "../runtime/rank-labels.ts";

const barCells = 30;

/** One file's answer as bars for the terminal, a line per class. */
export function formatPrediction(file: string, classes: readonly LabelScore[]): string {
  const width = Math.max(...classes.map(({ label }) => label.length));
  const lines = classes.map(({ label, probability }) => {
    const percent = `${(100 * probability).toFixed(1)} %`.padStart(7);
    return `  ${label.padEnd(width)} ${percent}  ${drawBar(probability)}`;
  });
  return [file, ...lines].join("\n");
}

/** A bar in eighths of a cell. */
function drawBar(share: number): string {
  const eighths = Math.round(8 * barCells * share);
  const rest = eighths % 8;
  return "█".repeat(Math.floor(eighths / 8)) + (rest === 0 ? "" : String.fromCodePoint(0x2590 - rest));
}
