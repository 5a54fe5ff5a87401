import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { groupBy } from "../folds/group-by.ts";
import { type FolderListing, isAudioFile } from "../list-files.ts";
import { createRecordingNamer } from "./name-recording.ts";
import type { FoundClip, ReaderOptions, Reading } from "./reader.ts";
import { readFolderNames, readSplitWord } from "./structural-names.ts";
import { at } from "../../common/at.ts";

const fields = ["class", "group", "fold", "split"] as const;
type NameField = (typeof fields)[number];

/**
 * Files whose names say their class, in one folder: `7_ada_0.wav`. The pattern has `{class}` where the class stands and,
 * if wanted, `{group}` (speaker or recording), `{fold}` and `{split}`; `#` is a number, `*` any other text. It is
 * compared with the name without its ending, or, where it has a `/`, with the whole path. Without a pattern, one that
 * fits all names is found, and said.
 */
export function readFlatNames(listing: FolderListing, options: ReaderOptions): Promise<Reading | undefined> {
  if (options.layout !== "names" && options.namePattern === undefined) return Promise.resolve(undefined);
  const audio = listing.files.filter(isAudioFile);
  const pattern = options.namePattern ?? suggestNamePattern(audio);
  if (pattern === undefined)
    throw new UserError(
      "--layout names: expected file names with the class in the same place, found none; --name-pattern '{class}_*' says where it is",
    );
  const expression = compilePattern(pattern);
  const nameRecording = createRecordingNamer(options.groupBy);
  const clips: FoundClip[] = [];
  const problems: string[] = [];
  for (const file of audio) {
    const groups = expression.exec(getStem(file, pattern.includes("/")))?.groups;
    const problem = checkName(groups, pattern);
    if (groups === undefined || problem !== undefined) {
      problems.push(`${file}: ${problem ?? ""}`);
      continue;
    }
    const { class: label = "", group, fold, split } = groups;
    const folders = readFolderNames(file);
    const part = split === undefined ? folders.split : readSplitWord(split);
    const ownFold = fold === undefined ? folders.fold : Number(fold);
    const ownGroup = group ?? folders.group;
    clips.push({
      id: file,
      path: path.join(listing.root, file),
      label,
      source: options.groupBy === undefined && ownGroup !== undefined ? ownGroup : nameRecording(file),
      ...(ownFold !== undefined && { fold: ownFold }),
      ...(ownFold === undefined && part !== undefined && { split: part }),
    });
  }
  const why = `${clips.length} files with names like ${pattern}`;
  return Promise.resolve({ why, clips, problems });
}

/**
 * A pattern that fits all names, of parts between `_`, `-`, blanks or dots: the class is the first part of which every
 * value has three files or more, the group the first other such part that holds words.
 *
 *     suggestNamePattern(["0_ada_0.wav", …]); // "{class}_{group}_*"
 *
 * @returns undefined where names do not say a class
 */
export function suggestNamePattern(files: readonly string[]): string | undefined {
  for (const separator of ["_", "-", " ", "."]) {
    const rows = files.map((file) => getStem(file, false).split(separator));
    const [first] = rows;
    if (first === undefined || first.length < 2 || rows.some((row) => row.length !== first.length)) continue;
    const columns = first.map((_, place) => rows.map((row) => at(row, place)));
    const label = columns.findIndex((values) => isClasses(values));
    if (label < 0) continue;
    const group = columns.findIndex(
      (values, place) => place !== label && isClasses(values) && values.some((value) => /\p{L}/u.test(value)),
    );
    return columns
      .map((_, place) => (place === label ? "{class}" : place === group ? "{group}" : "*"))
      .join(separator);
  }
  const words = files.map((file) => /^(\D+)\d+$/.exec(getStem(file, false))?.[1] ?? "");
  return words.every((word) => word !== "") && isClasses(words) ? "{class}#" : undefined;
}

function isClasses(values: readonly string[]): boolean {
  const counts = [...groupBy(values, (value) => value).values()].map(({ length }) => length);
  return counts.length >= 2 && counts.length <= 1000 && counts.every((count) => count >= 3);
}

function getStem(file: string, isWhole: boolean): string {
  const name = isWhole ? file : path.posix.basename(file);
  return name.replace(/\.[^./]*$/, "");
}

/** @throws UserError for a pattern without a class, or with an unknown or repeated field */
function compilePattern(pattern: string): RegExp {
  const used: string[] = [];
  const source = pattern.replaceAll(/\{(\w*)\}|[*#]|[^{*#]+|\{/g, (piece, name: string | undefined) => {
    if (piece === "*") return "[^/]*?";
    if (piece === "#") return String.raw`\d+`;
    if (name === undefined) return piece.replaceAll(/[\\^$.|?*+()[\]{}/]/g, String.raw`\$&`);
    used.push(name);
    return name === "fold" ? String.raw`(?<fold>\d+)` : `(?<${name}>[^/]+?)`;
  });
  const isKnown = used.every((name) => fields.some((field) => field === name));
  if (!isKnown || !used.includes("class") || new Set(used).size < used.length)
    throw new UserError(
      `--name-pattern: expected {class} and, if wanted, {group}, {fold} and {split}, each once, e.g. '{class}_{group}_*', got ${pattern}`,
    );
  return new RegExp(`^${source}$`, "u");
}

function checkName(groups: Partial<Record<string, string>> | undefined, pattern: string): string | undefined {
  if (groups === undefined) return `expected a name like ${pattern}`;
  const { fold, split }: Partial<Record<NameField, string>> = groups;
  if (fold !== undefined && Number(fold) < 1) return `expected a fold from 1 in ${pattern}, got ${fold}`;
  if (split !== undefined && readSplitWord(split) === undefined)
    return `expected train, validation or test in ${pattern}, got ${split}`;
  return undefined;
}
