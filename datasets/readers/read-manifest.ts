import { stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import type { FolderListing } from "../list-files.ts";
import { createRecordingNamer } from "./name-recording.ts";
import { parseCsvTable, type CsvTable } from "./parse-csv-table.ts";
import { parseJsonLines } from "./parse-json-lines.ts";
import type { FoundClip, ReaderOptions, Reading } from "./reader.ts";
import { readText } from "./read-text.ts";
import { readSplitWord, readFolderNames, type SplitPart } from "./structural-names.ts";
import { findSeveralLabels } from "./tables/find-several-labels.ts";
import { dropComments, findTables, readHeader, type Table } from "./tables/find-tables.ts";
import { createFileLocator, type FileLocator, type Location } from "./tables/locate-file.ts";
import { nameColumns, type Field } from "./tables/name-columns.ts";

/** An empty cell is one that is not there. */
const optionalCell = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((cell) => (cell === "" || cell === null ? undefined : cell), schema.optional());

const expectsFold = "expected a whole number from 1";
const expectsSeconds = "expected seconds from 0";
const expectsSplit = "expected train, validation or test";
/** `1,5` as some countries write it. */
const seconds = z.preprocess(
  (cell) => (typeof cell === "string" ? cell.replace(/^(\d+),(\d+)$/, "$1.$2") : cell),
  z.coerce.number(expectsSeconds).min(0, expectsSeconds),
);
const text = (expects: string) =>
  z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], expects);

const makeRowSchema = (minFold: number) =>
  z.object({
    path: z.string("expected a path").min(1, "expected a path"),
    label: text("expected a class").refine((label) => label !== "", "expected a class"),
    fold: optionalCell(z.coerce.number(expectsFold).int(expectsFold).min(minFold, expectsFold)),
    split: optionalCell(
      z.string(expectsSplit).transform((word, context) => {
        const part = readSplitWord(word);
        if (part === undefined) context.addIssue({ code: "custom", message: expectsSplit });
        return part ?? z.NEVER;
      }),
    ),
    group: optionalCell(text("expected a name")),
    start: optionalCell(seconds),
    end: optionalCell(seconds),
  });

/** Folds from 1; or from 0, as scikit-learn counts. */
const rowSchema = makeRowSchema(1);
const zeroBasedRowSchema = makeRowSchema(0);

type Row = z.infer<typeof rowSchema>;

interface TableRow {
  readonly table: string;
  readonly line: number;
  readonly row: Row;
  readonly location: Location;
}

/**
 * Tables that name files and their classes: `manifest.csv`, `metadata.csv`, `train.csv` and `test.csv` or any other
 * whose columns say so (`tables/name-columns.ts`); CSV with commas, semicolons or tabs, or JSON lines. Further columns
 * give the fold or the part of a split, the recording, and the times of a stretch of a longer file in seconds.
 */
export async function readManifest(
  listing: FolderListing,
  options: ReaderOptions,
): Promise<Reading | undefined> {
  const tables = await chooseTables(listing);
  if (tables.length === 0) return undefined;
  const problems: string[] = [];
  const rows: TableRow[] = [];
  for (const table of tables) {
    const found = await readRows(listing, table);
    problems.push(...found.problems);
    rows.push(...found.rows);
  }
  const names = tables.map(({ name }) => name);
  const isOne = tables.length === 1;
  const severalIn = problems.filter((problem) => problem.includes(severalClasses));
  if (severalIn.length > 0) return { why: "", clips: [], problems: severalIn.slice(0, 1), used: names };
  const merged = mergeRows(rows, problems);
  const nameRecording = createRecordingNamer(options.groupBy);
  const clips: FoundClip[] = [];
  for (const entry of merged) {
    const problem = await checkRow(listing.root, entry, options);
    if (problem !== undefined) problems.push(`${entry.table} line ${entry.line}: ${problem}`);
    else clips.push(toClip(listing, entry, nameRecording, options));
  }
  const withFold = clips.filter(({ fold }) => fold !== undefined).length;
  const subject = names.join(" and ");
  if (withFold > 0 && withFold < clips.length) {
    problems.push(`${subject}: expected a fold for all clips or none, got ${withFold} of ${clips.length}`);
  }
  const folds =
    withFold > 0
      ? "with their folds"
      : clips.some(({ split }) => split !== undefined)
        ? "with their split"
        : "without folds";
  return {
    why: `${subject} list${isOne ? "s" : ""} ${merged.length} clips ${folds}`,
    clips,
    problems,
    used: names,
  };
}

/** The table that was picked, or is called manifest; else all that say which class a file of the folder has. */
async function chooseTables(listing: FolderListing): Promise<readonly Table[]> {
  const { root, files, picked } = listing;
  const tables = files.filter((file) => /\.(?:csv|tsv|jsonl|ndjson)$/i.test(file));
  const chosen =
    picked === undefined
      ? tables.find((file) => !file.includes("/") && file.toLowerCase().startsWith("manifest."))
      : tables.find((file) => file === picked);
  if (chosen !== undefined) {
    const header = await readHeader(path.join(root, chosen), chosen);
    return [{ name: chosen, header, named: nameColumns(header) }];
  }
  if (picked !== undefined) return [];
  const { usable } = await findTables(listing);
  const found: Table[] = [];
  for (const table of usable) if (await namesFiles(listing, table)) found.push(table);
  if (found.length === 0 && usable.length === 1 && !(usable[0]?.name.includes("/") ?? true)) return usable;
  // What says more of a clip comes first: of two tables with the same clip, its row counts.
  const worth = ({ name, named }: Table): number =>
    (named.columns.has("fold") ? 4 : 0) +
    (named.columns.has("split") || readTableSplit(name) ? 2 : 0) +
    (named.columns.has("group") ? 1 : 0);
  return found.sort((a, b) => worth(b) - worth(a));
}

/** Whether one of the first rows names a file that is there; tables of several classes are told apart first. */
async function namesFiles(listing: FolderListing, table: Table): Promise<boolean> {
  if (table.named.severalLabels !== undefined) return true;
  const { rows } = await readRows(listing, table, 50);
  return rows.some(({ location }) => location.kind !== "missing");
}

const severalClasses = "expected one class for each sound, got several";

async function readRows(
  listing: FolderListing,
  table: Table,
  limit = Infinity,
): Promise<{ readonly rows: TableRow[]; readonly problems: string[] }> {
  const { name, named } = table;
  const read = await parseTable(listing, table);
  const locate = createFileLocator(listing, name);
  const split = readTableSplit(name);
  const rows = read.rows.slice(0, limit).map(({ line, value }) => ({
    table: name,
    line,
    row: { ...value, split: value.split ?? split },
    location: locateRow(locate, value),
  }));
  const column = named.severalLabels ?? named.columns.get("label") ?? "label";
  const example = findSeveralLabels(rows.map(({ row }) => row.label));
  if (example === undefined && (named.severalLabels === undefined || rows.length > 0))
    return { rows, problems: read.problems };
  const got = example === undefined ? "" : `, e.g. "${example.slice(0, 60)}"`;
  return {
    rows: [],
    problems: [
      `${name}: ${severalClasses} (column ${column}${got}): multi-label sets are not supported; keep the sounds with one class, or add a column label with the main class`,
    ],
  };
}

async function parseTable({ root }: FolderListing, { name, named }: Table): Promise<CsvTable<Row>> {
  const content = await readText(path.join(root, name));
  const names = new Map([...named.columns].map(([field, column]) => [column.toLowerCase(), field] as const));
  if (named.severalLabels !== undefined) names.set(named.severalLabels.toLowerCase(), "label");
  const rename = (column: string): string => {
    const field: Field | undefined = names.get(column);
    if (field !== undefined) return field;
    return column in rowSchema.shape ? `other ${column}` : column; // a column that only looks like one of ours
  };
  const parse = (schema: typeof rowSchema): CsvTable<Row> =>
    /\.(?:jsonl|ndjson)$/i.test(name)
      ? parseJsonLines(content, name, schema, rename)
      : parseCsvTable(dropComments(content), name, schema, rename);
  const { rows, problems } = parse(zeroBasedRowSchema);
  const folds = new Set(rows.flatMap(({ value }) => value.fold ?? []));
  if (!folds.has(0)) return { rows, problems };
  const isZeroBased = folds.size >= 3 && Math.max(...folds) === folds.size - 1;
  if (!isZeroBased) return parse(rowSchema);
  const fromOne = (fold: number | undefined) => (fold === undefined ? undefined : fold + 1);
  return {
    rows: rows.map(({ line, value }) => ({ line, value: { ...value, fold: fromOne(value.fold) } })),
    problems,
  };
}

/** `train.csv` and `metadata_test.csv` are parts of a split. */
function readTableSplit(name: string): SplitPart | undefined {
  const words = path.posix
    .basename(name)
    .replace(/\.[^.]*$/, "")
    .split(/[ _.-]+/);
  const parts = new Set(words.flatMap((word) => readSplitWord(word) ?? []));
  return parts.size === 1 ? [...parts][0] : undefined;
}

function locateRow(locate: FileLocator, { path: written, fold, split }: Row): Location {
  return locate(written, [
    ...(fold === undefined ? [] : [`fold${fold}`]),
    ...(split === undefined ? [] : [split]),
  ]);
}

/** Rows without those that repeat a clip of an earlier table; that they agree on its class is checked. */
function mergeRows(rows: readonly TableRow[], problems: string[]): TableRow[] {
  const first = new Map<string, TableRow>();
  return rows.filter((entry) => {
    const { row, location } = entry;
    const key = `${location.kind === "file" ? location.file : row.path}@${row.start ?? ""}`;
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

async function checkRow(
  root: string,
  { row, location }: TableRow,
  { allowOutside = false }: ReaderOptions,
): Promise<string | undefined> {
  if (location.kind === "several")
    return `expected one file that fits ${row.path}, got ${location.files.slice(0, 3).join(" and ")}`;
  if (location.kind === "missing") return `expected the file ${location.file}, got nothing there`;
  if (location.kind === "outside" && !allowOutside)
    return `expected a path inside the folder, got ${row.path}; --allow-outside reads it there`;
  if (
    location.kind === "outside" &&
    (await stat(path.resolve(root, row.path)).catch(() => undefined))?.isFile() !== true
  )
    return `expected the file ${row.path}, got nothing there`;
  if ((row.start === undefined) !== (row.end === undefined)) return "expected both start and end, or neither";
  if (row.start !== undefined && row.end !== undefined && row.start >= row.end)
    return `expected start before end, got ${row.start} to ${row.end}`;
  return undefined;
}

function toClip(
  { root }: FolderListing,
  { row, location }: TableRow,
  nameRecording: (file: string) => string,
  { groupBy }: ReaderOptions,
): FoundClip {
  const { label, group, start, end } = row;
  const file = location.kind === "file" ? location.file : row.path;
  const hasRange = start !== undefined && end !== undefined;
  const byFolders = readFolderNames(file);
  const fold = row.fold ?? byFolders.fold;
  const split = row.split ?? byFolders.split;
  return {
    id: hasRange ? `${file}@${start}-${end}` : file,
    path: location.kind === "file" ? path.join(root, file) : path.resolve(root, file),
    label,
    source: groupBy === undefined ? (group ?? byFolders.group ?? nameRecording(file)) : nameRecording(file),
    ...(fold !== undefined && { fold }),
    ...(fold === undefined && split !== undefined && { split }),
    ...(hasRange && { range: { startSeconds: start, endSeconds: end } }),
  };
}
