import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import type { FolderListing } from "../list-files.ts";
import { createRecordingNamer } from "./name-recording.ts";
import { parseCsvTable, type CsvTable } from "./parse-csv-table.ts";
import { parseJsonLines } from "./parse-json-lines.ts";
import type { FoundClip, ReaderOptions, Reading } from "./reader.ts";

/** An empty cell is one that is not there. */
const optionalCell = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((cell) => (cell === "" ? undefined : cell), schema.optional());

const expectsFold = "expected a whole number from 1";
const expectsSeconds = "expected seconds from 0";
const seconds = z.coerce.number(expectsSeconds).min(0, expectsSeconds);

const rowSchema = z.object({
  path: z.string().min(1, "expected a path"),
  label: z.string().min(1, "expected a class"),
  fold: optionalCell(z.coerce.number(expectsFold).int(expectsFold).positive(expectsFold)),
  group: optionalCell(z.string()),
  start: optionalCell(seconds),
  end: optionalCell(seconds),
});

type Row = z.infer<typeof rowSchema>;

/**
 * A table beside the audio, `manifest.csv`, `manifest.jsonl` or the only other table with these columns: path
 * (relative to the table), label, and if wanted fold, group (the recording) and start and end in seconds.
 */
export async function readManifest(
  listing: FolderListing,
  options: ReaderOptions,
): Promise<Reading | undefined> {
  const name = await findManifest(listing);
  if (name === undefined) return undefined;
  const { rows, problems } = await parseTable(listing, name);
  const nameRecording = createRecordingNamer(options.groupBy);
  const present = new Set(listing.files);
  const clips: FoundClip[] = [];
  for (const { line, value } of rows) {
    const file = locateInside(listing.root, value.path);
    const problem = checkRow(value, file, present);
    if (problem !== undefined) problems.push(`${name} line ${line}: ${problem}`);
    else if (file !== undefined) clips.push(toClip(listing, value, file, nameRecording));
  }
  const withFold = clips.filter(({ fold }) => fold !== undefined).length;
  if (withFold > 0 && withFold < clips.length) {
    problems.push(`${name}: expected a fold for all clips or none, got ${withFold} of ${clips.length}`);
  }
  const folds = withFold > 0 ? "with their folds" : "without folds";
  return { why: `${name} lists ${rows.length} clips ${folds}`, clips, problems };
}

async function findManifest({ root, files, picked }: FolderListing): Promise<string | undefined> {
  if (picked !== undefined) return isTable(picked) ? picked : undefined;
  const tables = files.filter((file) => isTable(file) && !file.includes("/"));
  const named = tables.find((file) => file.toLowerCase().startsWith("manifest."));
  if (named !== undefined) return named;
  const [table, ...others] = tables;
  if (table === undefined || others.length > 0) return undefined;
  const [head = ""] = (await readFile(path.join(root, table), "utf8")).split("\n", 1);
  return /\bpath\b/i.test(head) && /\blabel\b/i.test(head) ? table : undefined;
}

function isTable(file: string): boolean {
  return /\.(?:csv|jsonl|ndjson)$/i.test(file);
}

async function parseTable({ root }: FolderListing, name: string): Promise<CsvTable<Row>> {
  const text = await readFile(path.join(root, name), "utf8");
  return name.toLowerCase().endsWith(".csv")
    ? parseCsvTable(text, name, rowSchema)
    : parseJsonLines(text, name, rowSchema);
}

/** The path inside the folder with `/` between names, whatever slashes it was written with; else `undefined`. */
function locateInside(root: string, written: string): string | undefined {
  const relative = path.relative(root, path.resolve(root, written.replaceAll("\\", "/")));
  const isInside = relative !== "" && !path.isAbsolute(relative) && relative.split(path.sep)[0] !== "..";
  return isInside ? relative.replaceAll(path.sep, "/") : undefined;
}

function checkRow(row: Row, file: string | undefined, present: ReadonlySet<string>): string | undefined {
  if (file === undefined) return `expected a path inside the folder, got ${row.path}`;
  if (!present.has(file)) return `expected the file ${file}, got nothing there`;
  if ((row.start === undefined) !== (row.end === undefined)) return "expected both start and end, or neither";
  if (row.start !== undefined && row.end !== undefined && row.start >= row.end)
    return `expected start before end, got ${row.start} to ${row.end}`;
  return undefined;
}

function toClip(
  { root }: FolderListing,
  { label, fold, group, start, end }: Row,
  file: string,
  nameRecording: (file: string) => string,
): FoundClip {
  const hasRange = start !== undefined && end !== undefined;
  return {
    id: hasRange ? `${file}@${start}-${end}` : file,
    path: path.join(root, file),
    label,
    source: group ?? nameRecording(file),
    ...(fold === undefined ? {} : { fold }),
    ...(hasRange ? { range: { startSeconds: start, endSeconds: end } } : {}),
  };
}
