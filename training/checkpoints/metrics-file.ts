import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";

/** Adds one line to metrics.jsonl. */
export async function appendMetrics(folder: string, metrics: EpochMetrics): Promise<void> {
  await appendFile(locateMetrics(folder), formatLine(metrics));
}

/** Makes metrics.jsonl hold exactly these epochs: a killed run may have left later or torn lines, or no file. */
export async function restoreMetrics(folder: string, history: readonly EpochMetrics[]): Promise<void> {
  const lines = history.map(formatLine).join("");
  const known = await readFile(locateMetrics(folder), "utf8").catch(() => undefined);
  if (known !== lines) await writeFileAtomically(locateMetrics(folder), lines);
}

const formatLine = (metrics: EpochMetrics): string => `${JSON.stringify(metrics)}\n`;

const locateMetrics = (folder: string): string => path.join(folder, "metrics.jsonl");
