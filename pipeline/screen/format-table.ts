import { at } from "../../common/at.ts";

/** A cell's text; numbers are aligned to the right. */
export type Cell = string | number;

/** Rows under a header as aligned text, columns two spaces apart. */
export function formatTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [header, ...rows.map((row) => row.map(formatCell))];
  const widths = header.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const isNumeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"),
  );
  const lines = texts.map((row) =>
    row
      .map((text, column) => {
        const width = at(widths, column);
        return isNumeric[column] === true ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function formatCell(cell: Cell): string {
  return typeof cell === "number" ? cell.toLocaleString("en") : cell;
}
