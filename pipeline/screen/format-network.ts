import type { NetworkSummary } from "../../models/summarise-network.ts";
import { formatTable } from "./format-table.ts";

/** The table of `train --summary`: layers, shapes, parameters; BatchNorm's statistics stand apart. */
export function formatNetwork({ rows, total }: NetworkSummary): string {
  const table = formatTable(
    ["layer", "type", "output", "parameters", "statistics"],
    rows.map((row) => [
      row.name,
      row.type,
      row.outputShape,
      row.trainable + row.nonTrainable,
      row.statistics,
    ]),
  );
  const { trainable, nonTrainable, statistics } = total;
  return [
    table,
    "",
    ...(
      [
        ["total parameters", trainable + nonTrainable],
        ["trainable", trainable],
        ["non-trainable", nonTrainable],
        ["BatchNorm statistics", statistics],
      ] as const
    ).map(([name, count]) => `${name.padEnd(22)}${count.toLocaleString("en").padStart(10)}`),
  ].join("\n");
}
