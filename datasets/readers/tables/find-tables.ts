import { open } from "node:fs/promises";
import path from "node:path";
import { parse } from "csv-parse/sync";
import type { FolderListing } from "../../list-files.ts";
import { decodeText } from "../read-text.ts";
import { findDelimiter } from "../parse-csv-table.ts";
import { listColumnNames, nameColumns, type NamedColumns } from "./name-columns.ts";
import { at } from "../../../common/at.ts";

/** A file of rows beside the audio. */
export interface Table {
  readonly name: string;
  readonly header: readonly string[];
  readonly named: NamedColumns;
}

/** The tables of a data set, and why the others are none that a reader can use. */
export interface FoundTables {
  readonly usable: readonly Table[];
  /** Reasons, by the table's name. */
  readonly unusable: ReadonlyMap<string, string>;
}

const headBytes = 65_536;

export function isTable(file: string): boolean {
  return /\.(?:csv|tsv|jsonl|ndjson)$/i.test(file);
}

/** Tables of other programs, which a user may export. */
export function isForeignTable(file: string): boolean {
  return /\.(?:xlsx?|ods|parquet|arrow|feather|sqlite|db|json|ya?ml|xml|pkl|npz|mat)$/i.test(file);
}

/** Reads the headers of all tables in the folder. */
export async function findTables(listing: FolderListing): Promise<FoundTables> {
  const usable: Table[] = [];
  const unusable = new Map<string, string>();
  for (const name of listing.files) {
    if (isForeignTable(name)) unusable.set(name, "it is no CSV; export it as CSV to use it");
    if (!isTable(name)) continue;
    const header = await readHeader(path.join(listing.root, name), name);
    const table = { name, header, named: nameColumns(header) };
    const reason = findReason(table);
    if (reason === undefined) usable.push(table);
    else unusable.set(name, reason);
  }
  return { usable, unusable };
}

/** Why a table does not say which class a file has; undefined when it does. */
function findReason({
  name,
  header,
  named: { columns, severalLabels, isAnswers },
}: Table): string | undefined {
  if (/submission/i.test(path.posix.basename(name))) return "its name says that it is a submission";
  if (isAnswers) return "it has a model's answers (a column such as probability)";
  const missing = [
    ...(columns.has("path") ? [] : [`of files (${listColumnNames("path")})`]),
    ...(columns.has("label") || severalLabels !== undefined
      ? []
      : [`of classes (${listColumnNames("label")})`]),
  ];
  if (missing.length === 0) return undefined;
  const got = header.length === 0 ? "none" : header.slice(0, 8).join(", ");
  return `expected a column ${missing.join(" and one ")}, got ${got}`;
}

/** Column names of a CSV, or the keys of the first JSON object. */
export async function readHeader(file: string, name: string): Promise<string[]> {
  const text = await readHead(file);
  if (/\.(?:jsonl|ndjson)$/i.test(name))
    return listKeys(text.split("\n").find((line) => line.trim() !== "") ?? "");
  const [line = ""] = dropComments(text).split(/\r\n|\r|\n/, 1);
  try {
    const rows: unknown = parse(line, { delimiter: findDelimiter(line), trim: true, relax_quotes: true });
    return Array.isArray(rows) && Array.isArray(rows[0]) ? rows[0].map(String) : [];
  } catch {
    return [];
  }
}

/** AudioSet's tables begin with comments, the last of which names the columns. */
export function dropComments(text: string): string {
  const lines = text.split("\n");
  const comments = lines.findIndex((line) => !line.startsWith("#"));
  if (comments <= 0) return text;
  const last = at(lines, comments - 1).replace(/^#\s*/, "");
  const isHeader = nameColumns(last.split(/[,;\t]/).map((column) => column.trim()));
  const names = isHeader.severalLabels !== undefined || isHeader.columns.has("label");
  return [...(names ? [last] : []), ...lines.slice(comments)].join("\n");
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const bytes = Buffer.alloc(headBytes);
    const { bytesRead } = await handle.read(bytes, 0, headBytes, 0);
    return decodeText(bytes.subarray(0, bytesRead - (bytesRead === headBytes ? bytesRead % 2 : 0)));
  } finally {
    await handle.close();
  }
}

function listKeys(line: string): string[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}
