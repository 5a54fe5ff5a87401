import path from "node:path";
import * as z from "zod";
import type { FolderListing } from "../../list-files.ts";
import { parseCsvTable } from "../parse-csv-table.ts";
import { readText } from "../read-text.ts";

/**
 * Whether a column of classes gives several classes to one sound (FSD50K, AudioSet): cells such as `Bark,Dog` or
 * `rain;wind`. A comma with a blank behind it may belong to one class's name (`cat, grey`), unless its parts also stand
 * alone or in other company.
 * @returns an example, or undefined for one class a sound
 */
export function findSeveralLabels(labels: readonly string[]): string | undefined {
  const distinct = [...new Set(labels)];
  const listed = distinct.find((label) => /[^\s,;|][,;|][^\s,;|]/.test(label));
  if (listed !== undefined) return listed;
  const spaced = distinct.filter((label) => /[,;|]\s/.test(label));
  const uses = new Map<string, number>();
  for (const label of distinct)
    for (const part of splitCell(label, /[,;|]/)) uses.set(part, (uses.get(part) ?? 0) + 1);
  return spaced.find((label) => splitCell(label, /[,;|]/).some((part) => (uses.get(part) ?? 0) > 1));
}

/**
 * Which separator a column of lists has: `|` or `;` where one occurs, so that names may have commas; else the comma
 * without a blank behind it (`Male speech, man speaking,Dog` are two); else the comma, where `findSeveralLabels` says that
 * there are lists; else none, and a cell is one name.
 */
const separators: readonly (readonly [occurs: (cells: readonly string[]) => boolean, separator: RegExp])[] = [
  [(cells) => cells.some((cell) => cell.includes("|")), /\|/],
  [(cells) => cells.some((cell) => cell.includes(";")), /;/],
  [(cells) => cells.some((cell) => /[^\s,],[^\s,]/.test(cell)), /,(?!\s)/],
  [(cells) => findSeveralLabels(cells) !== undefined, /,/],
];

/**
 * The classes of each cell, sorted, each once; an empty cell has none.
 *
 *     splitLabels(["dog;rain", "rain", ""]); // [["dog", "rain"], ["rain"], []]
 */
export function splitLabels(cells: readonly string[]): string[][] {
  const [, separator = /$^/] = separators.find(([occurs]) => occurs(cells)) ?? [];
  return cells.map((cell) => splitCell(cell, separator).sort());
}

function splitCell(cell: string, separator: RegExp): string[] {
  return [...new Set(cell.split(separator).map((part) => part.trim()))].filter((part) => part !== "");
}

/** AudioSet's table of what its identifiers (`/m/09x0r`) are called. */
const namesTable = "class_labels_indices.csv";

const namesSchema = z.object({ mid: z.string(), display_name: z.string().min(1) });

/** Names by identifier, and the table that says so; none without it. */
export async function readClassNames({ root, files }: FolderListing): Promise<{
  readonly names: ReadonlyMap<string, string>;
  readonly used: readonly string[];
}> {
  const table = files.find((file) => path.posix.basename(file) === namesTable);
  if (table === undefined) return { names: new Map(), used: [] };
  const { rows } = parseCsvTable(await readText(path.join(root, table)), table, namesSchema);
  return { names: new Map(rows.map(({ value }) => [value.mid, value.display_name])), used: [table] };
}
