import path from "node:path";
import * as z from "zod";
import type { FolderListing } from "../list-files.ts";
import { parseCsvTable } from "./parse-csv-table.ts";
import { readText } from "./read-text.ts";
import type { FoundClip, Reader, ReaderOptions, Reading } from "./reader.ts";

const expectsFold = "expected a whole number from 1";
const tablePath = "meta/esc50.csv";

const rowSchema = z.object({
  filename: z.string().regex(/^[^/\\]+$/, "expected a file name without folders"),
  fold: z.coerce.number(expectsFold).int(expectsFold).positive(expectsFold),
  category: z.string().min(1),
  esc10: z.enum(["True", "False"], "expected True or False"),
  src_file: z.string().min(1),
});

type Row = z.infer<typeof rowSchema>;

/**
 * The ESC-50 repository (github.com/karolpiczak/ESC-50): `meta/esc50.csv` names class, fold and recording of each
 * file in `audio/`. Takes its ten-class subset ESC-10 unless `subset` is `all`.
 */
export const readEsc50Repository: Reader = async (listing, options): Promise<Reading | undefined> => {
  if (!listing.files.includes(tablePath)) return undefined;
  const text = await readText(path.join(listing.root, tablePath));
  const { rows, problems } = parseCsvTable(text, tablePath, rowSchema);
  const chosen = options.subset === "all" ? rows : rows.filter(({ value }) => value.esc10 === "True");
  const present = new Set(listing.files);
  const clips: FoundClip[] = [];
  for (const { line, value } of chosen) {
    const clip = toClip(listing, value);
    if (present.has(clip.id)) clips.push(clip);
    else problems.push(`${tablePath} line ${line}: expected the file ${clip.id}, got nothing there`);
  }
  const why = describeChoice(options, chosen.length, rows.length);
  const used = [tablePath, ...rows.map(({ value }) => `audio/${value.filename}`)];
  return { why, clips, problems, trimsLongClips: true, used };
};

function toClip({ root }: FolderListing, row: Row): FoundClip {
  const id = `audio/${row.filename}`;
  return { id, path: path.join(root, id), label: row.category, fold: row.fold, source: row.src_file };
}

function describeChoice({ subset }: ReaderOptions, chosen: number, all: number): string {
  return subset === "all"
    ? `${tablePath} is there; all ${all} clips`
    : `${tablePath} is there; the ${chosen} clips of its subset ESC-10, --subset all takes all ${all}`;
}
