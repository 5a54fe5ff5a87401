import path from "node:path";
import { groupBy } from "./folds/group-by.ts";
import { isAudioFile, type FolderListing } from "./list-files.ts";
import type { Reading } from "./readers/reader.ts";
import { findTables, isForeignTable, isTable } from "./readers/tables/find-tables.ts";

const shownFiles = 3;

/**
 * Every file of the folder that is no clip and did not help to read them, so that nothing is left out in silence: each
 * table with the reason, sounds and other files by number and example.
 */
export async function listUnused(listing: FolderListing, { clips, used = [] }: Reading): Promise<string[]> {
  const known = new Set([
    ...used.map((file) => path.join(listing.root, file)),
    ...clips.map((clip) => clip.path),
  ]);
  const left = listing.files.filter((file) => !known.has(path.join(listing.root, file)));
  const isData = (file: string): boolean => isTable(file) || isForeignTable(file);
  const tables = left.filter(isData);
  const sounds = left.filter(isAudioFile);
  const others = left.filter((file) => !isData(file) && !isAudioFile(file));
  return [
    ...(await describeTables(listing, tables)),
    ...(sounds.length === 0
      ? []
      : [
          `${countFiles(sounds, "sound file")}, which ${sounds.length === 1 ? "has" : "have"} no class: ${showSome(sounds)}`,
        ]),
    ...(others.length === 0 ? [] : [`${countFiles(others, "other file")}: ${showSome(others)}`]),
  ];
}

async function describeTables(listing: FolderListing, tables: readonly string[]): Promise<string[]> {
  if (tables.length === 0) return [];
  const { unusable } = await findTables({ ...listing, files: tables });
  const reasons = groupBy(
    tables,
    (table) =>
      unusable.get(table) ??
      "it names none of the files, or the layout has no table; --data with its path reads it",
  );
  return [...reasons].map(([reason, own]) => `${countFiles(own, "table")} ${showSome(own)}: ${reason}`);
}

function countFiles(files: readonly string[], noun: string): string {
  return `${files.length} ${noun}${files.length === 1 ? "" : "s"}`;
}

function showSome(files: readonly string[]): string {
  return `${files.slice(0, shownFiles).join(", ")}${files.length > shownFiles ? ", ..." : ""}`;
}
