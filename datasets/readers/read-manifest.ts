import { stat } from "node:fs/promises";
import path from "node:path";
import type { Labelling } from "../../common/labelling.ts";
import { at } from "../../common/at.ts";
import type { FolderListing } from "../list-files.ts";
import { createRecordingNamer } from "./name-recording.ts";
import type { FoundClip, ReaderOptions, Reading } from "./reader.ts";
import { readSplitWord, readFolderNames, type SplitPart } from "./structural-names.ts";
import { findSeveralLabels, readClassNames, splitLabels } from "./tables/label-lists.ts";
import { findTables, readHeader, type Table } from "./tables/find-tables.ts";
import { createFileLocator, type FileLocator, type Location } from "./tables/locate-file.ts";
import { joinRows, mergeRows, type TableRow } from "./tables/merge-rows.ts";
import { listColumnNames, nameColumns } from "./tables/name-columns.ts";
import { parseManifestRows, pickLabelColumn, type ManifestRow } from "./tables/manifest-rows.ts";

/**
 * Tables that name files and their classes: `manifest.csv`, `metadata.csv`, `train.csv` and `test.csv` or any other
 * whose columns say so (`tables/name-columns.ts`); CSV with commas, semicolons or tabs, or JSON lines. Further columns
 * give the fold or the part of a split, the recording, and the times of a stretch of a longer file in seconds. With
 * `multiLabel`, the class's cell is a list (`tables/label-lists.ts`), and rows of one clip are joined.
 */
export async function readManifest(
  listing: FolderListing,
  options: ReaderOptions,
): Promise<Reading | undefined> {
  const labelling = options.multiLabel === true ? "several" : "one";
  const tables = await chooseTables(listing, labelling);
  if (tables.length === 0) return undefined;
  const problems: string[] = [];
  const warnings: string[] = [];
  const rows: TableRow[] = [];
  for (const table of tables) {
    const found = await readRows(listing, table, labelling);
    problems.push(...found.problems);
    const { present, missing } = leaveMissingVideos(table, found.rows);
    rows.push(...present);
    if (missing > 0) warnings.push(`${table.name}: ${missing} of ${found.rows.length} videos are not there`);
  }
  const { names: classNames, used } = await readClassNames(listing);
  const names = tables.map(({ name }) => name);
  const isOne = tables.length === 1;
  const severalIn = problems.filter((problem) => problem.includes(severalClasses));
  if (severalIn.length > 0) return { why: "", clips: [], problems: severalIn.slice(0, 1), used: names };
  const merged = mergeRows(joinRows(rows, classNames), problems);
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
    warnings,
    used: [...names, ...used],
  };
}

/** AudioSet's tables list videos, of which nobody has all. */
function leaveMissingVideos(
  { named }: Table,
  rows: readonly TableRow[],
): { readonly present: readonly TableRow[]; readonly missing: number } {
  const present = listsVideos(named) ? rows.filter(({ location }) => location.kind !== "missing") : rows;
  // Where none is there, the folder is wrong, and each row says so.
  return present.length === 0
    ? { present: rows, missing: 0 }
    : { present, missing: rows.length - present.length };
}

/** Whether its files are named by YouTube's identifiers. */
const listsVideos = ({ columns }: Table["named"]): boolean => columns.get("path")?.toLowerCase() === "ytid";

/** The table that was picked, or is called manifest; else all that say which class a file of the folder has. */
async function chooseTables(listing: FolderListing, labelling: Labelling): Promise<readonly Table[]> {
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
  // FSD50K has other answers beside these, which are not what it is trained and tested on.
  const truths = usable.filter(({ name }) => /ground_truth/i.test(path.posix.dirname(name)));
  for (const table of truths.length > 0 ? truths : usable)
    if (await namesFiles(listing, table, labelling)) found.push(table);
  if (found.length === 0 && usable.length === 1 && !(usable[0]?.name.includes("/") ?? true)) return usable;
  // What says more of a clip comes first: of two tables with the same clip, its row counts.
  const worth = ({ name, named }: Table): number =>
    (named.columns.has("fold") ? 4 : 0) +
    (named.columns.has("split") || readTableSplit(name) ? 2 : 0) +
    (named.columns.has("group") ? 1 : 0);
  return found.sort((a, b) => worth(b) - worth(a));
}

/** Whether one of the first rows names a file that is there; tables of several classes are told apart first. */
async function namesFiles(listing: FolderListing, table: Table, labelling: Labelling): Promise<boolean> {
  const { columns, severalLabels } = table.named;
  const { rows } = await readRows(listing, table, labelling, 50);
  if (labelling === "one" && severalLabels !== undefined && !columns.has("label")) return true;
  return rows.some(({ location }) => location.kind !== "missing");
}

const severalClasses = "expected one class for each sound, got several";

async function readRows(
  listing: FolderListing,
  table: Table,
  labelling: Labelling,
  limit = Infinity,
): Promise<{ readonly rows: TableRow[]; readonly problems: string[] }> {
  const { name, named } = table;
  const column = pickLabelColumn(named, labelling);
  if (labelling === "several" && column === undefined)
    return {
      rows: [],
      problems: [`${name}: expected a column of classes (${listColumnNames("label")}, labels), got none`],
    };
  const read = await parseManifestRows(listing, table, labelling);
  const locate = createFileLocator(listing, name);
  const split = readTableSplit(name);
  const rows = read.rows.slice(0, limit).map(({ line, value }) => ({
    table: name,
    line,
    row: { ...value, split: value.split ?? split },
    location: locateRow(locate, value, listsVideos(named)),
  }));
  const cells = rows.map(({ row }) => row.label);
  if (labelling === "several") {
    const lists = splitLabels(cells);
    return {
      rows: rows.map((row, index) => ({ ...row, labels: at(lists, index) })),
      problems: read.problems,
    };
  }
  const example = findSeveralLabels(cells);
  const isListed = named.severalLabels !== undefined && !named.columns.has("label");
  if (example === undefined && !(isListed && rows.length === 0)) return { rows, problems: read.problems };
  const got = example === undefined ? "" : `, e.g. "${example.slice(0, 60)}"`;
  return {
    rows: [],
    problems: [
      `${name}: ${severalClasses} (column ${column ?? "label"}${got}): --multi-label trains on all of them; or keep the sounds with one class, or add a column label with the main class`,
    ],
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

function locateRow(
  locate: FileLocator,
  { path: written, fold, split }: ManifestRow,
  isVideo: boolean,
): Location {
  const hints = [...(fold === undefined ? [] : [`fold${fold}`]), ...(split === undefined ? [] : [split])];
  const location = locate(written, hints);
  // Downloaders put a Y before identifiers, which may begin with a hyphen.
  return isVideo && location.kind === "missing" ? locate(`Y${written}`, hints) : location;
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
  { row, labels, location }: TableRow,
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
    ...(labels !== undefined && { labels }),
    source: groupBy === undefined ? (group ?? byFolders.group ?? nameRecording(file)) : nameRecording(file),
    ...(fold !== undefined && { fold }),
    ...(fold === undefined && split !== undefined && { split }),
    ...(hasRange && { range: { startSeconds: start, endSeconds: end } }),
  };
}
