import path from "node:path";
import { isAudioFile, type FolderListing } from "../list-files.ts";
import { readText } from "./read-text.ts";
import { readSplitWord, type SplitPart } from "./structural-names.ts";

/** Lists of files that are the parts of a split. */
export interface SplitLists {
  /** The lists. */
  readonly files: readonly string[];
  /** The part that a file belongs to: of those in no list, the training part, unless there is a list of it. */
  partOf(file: string): SplitPart | undefined;
}

/** A list of a million files has some tens of megabytes; what is no list is seen from its first lines. */
const triedLines = 20;

/**
 * Reads the lists that data sets such as Speech Commands come with: `testing_list.txt` and `validation_list.txt`, a
 * path in each line. A text whose name has no word of a split, or whose first lines name no files, is none.
 */
export async function readSplitLists(listing: FolderListing): Promise<SplitLists> {
  const audio = new Set(listing.files.filter(isAudioFile));
  const parts = new Map<string, SplitPart>();
  const files: string[] = [];
  for (const file of listing.files) {
    const part = readListName(file);
    if (part === undefined) continue;
    const folder = path.posix.dirname(file);
    const lines = (await readText(path.join(listing.root, file)))
      .split(/\r\n|\r|\n/)
      .map((line) => line.trim());
    const named = lines
      .filter((line) => line !== "")
      .map((line) => path.posix.join(folder, ...line.split(/[\\/]+/)));
    const isList = named.length > 0 && named.slice(0, triedLines).some((name) => audio.has(name));
    if (!isList) continue;
    files.push(file);
    for (const name of named) if (audio.has(name)) parts.set(name, part);
  }
  const hasTraining = [...parts.values()].includes("train");
  return {
    files,
    partOf: (file) => parts.get(file) ?? (files.length === 0 || hasTraining ? undefined : "train"),
  };
}

function readListName(file: string): SplitPart | undefined {
  if (!/\.(?:txt|lst|list)$/i.test(file)) return undefined;
  const words = path.posix
    .basename(file)
    .replace(/\.[^.]*$/, "")
    .split(/[ _.-]+/);
  const parts = new Set(words.flatMap((word) => readSplitWord(word) ?? []));
  return parts.size === 1 ? [...parts][0] : undefined;
}
