import { at } from "../../../common/at.ts";
import { joinLabels } from "../../dataset.ts";
import { groupBy } from "../../folds/group-by.ts";
import type { Location } from "./locate-file.ts";
import type { ManifestRow } from "./manifest-rows.ts";

/** A row, where it stands, and which file it means. */
export interface TableRow {
  readonly table: string;
  readonly line: number;
  readonly row: ManifestRow;
  /** Its classes, where it may have several or none. */
  readonly labels?: readonly string[];
  readonly location: Location;
}

/** Which clip a row is about. */
function nameClip({ row, location }: TableRow): string {
  return `${location.kind === "file" ? location.file : row.path}@${row.start ?? ""}`;
}

/**
 * Where clips may have several classes, the rows of a clip in one table as one, with the classes of all by the names
 * that people read; else the rows as they are.
 * @param names by identifier
 */
export function joinRows(rows: readonly TableRow[], names: ReadonlyMap<string, string>): TableRow[] {
  if (rows.every(({ labels }) => labels === undefined)) return [...rows];
  return [...groupBy(rows, (entry) => `${entry.table} ${nameClip(entry)}`).values()].map((same) => {
    const first = at(same, 0);
    const written = same.flatMap(({ labels }) => labels ?? []);
    const labels = [...new Set(written.map((label) => names.get(label) ?? label))].sort();
    return { ...first, labels, row: { ...first.row, label: joinLabels(labels) } };
  });
}

/** Rows without those that repeat a clip of an earlier table; that they agree on its class is checked. */
export function mergeRows(rows: readonly TableRow[], problems: string[]): TableRow[] {
  const first = new Map<string, TableRow>();
  return rows.filter((entry) => {
    const { row } = entry;
    const key = nameClip(entry);
    const earlier = first.get(key);
    if (earlier === undefined || earlier.table === entry.table) {
      first.set(key, entry);
      return true;
    }
    if (earlier.row.label !== row.label) {
      problems.push(
        `${row.path}: expected one class, got ${earlier.row.label} (${earlier.table}) and ${row.label} (${entry.table}); --data with the path of one table reads it alone`,
      );
    }
    return false;
  });
}
