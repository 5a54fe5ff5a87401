import path from "node:path";
import { speechCommandsBackground } from "../background/separate-background.ts";
import { groupBy } from "../folds/group-by.ts";
import { isAudioFile, type FolderListing } from "../list-files.ts";
import { createRecordingNamer } from "./name-recording.ts";
import { suggestNamePattern } from "./read-flat-names.ts";
import type { FoundClip, ReaderOptions, Reading } from "./reader.ts";
import { readSplitLists } from "./read-split-lists.ts";
import { nameSessions, type Sessions } from "./name-sessions.ts";
import { readStructuralName, type StructuralName } from "./structural-names.ts";

/** A file with what its folders say. */
interface Placed extends StructuralName {
  readonly file: string;
  readonly label: string;
  /** Folders below the class. */
  readonly below: readonly string[];
}

/**
 * A folder for each class: `dog/x.wav`, also deeper (`dog/park/x.wav`). Folders around all classes are looked through,
 * and those that data sets give to parts are taken as such: `train/dog/x.wav`, `fold3/dog/x.wav`, `dog/test/x.wav`.
 * Lists of files (`testing_list.txt`) give the split, folders below the classes are recording sessions.
 */
export async function readFolderPerClass(
  listing: FolderListing,
  options: ReaderOptions,
): Promise<Reading | undefined> {
  const isForced = options.layout === "folder-per-class";
  const audio = listing.files.filter(isAudioFile);
  const background = audio.filter((file) => file.split("/").includes(speechCommandsBackground));
  const isBackground = new Set(background);
  const places = placeFiles(
    audio.filter((file) => !isBackground.has(file)),
    isForced,
  );
  const { placed, outside, problems } = places;
  const classes = groupBy(placed, ({ label }) => label);
  if (classes.size === 0 && problems.length === 0) return undefined;
  const lists = await readSplitLists(listing);
  const sessions: Sessions = options.groupBy === undefined ? nameSessions(placed) : { recordings: new Map() };
  const nameRecording = createRecordingNamer(options.groupBy);
  const hasFolds = placed.length > 0 && placed.every(({ fold }) => fold !== undefined);
  const clips = placed.map(({ file, label, fold, split, group }): FoundClip => {
    const part = lists.partOf(file) ?? split;
    return {
      id: file,
      path: path.join(listing.root, file),
      label,
      source:
        (options.groupBy === undefined ? (group ?? sessions.recordings.get(file)) : undefined) ??
        nameRecording(file),
      ...(hasFolds && fold !== undefined && { fold }),
      ...(!hasFolds && part !== undefined && { split: part }),
    };
  });
  const parts = [
    `${classes.size} folders with ${clips.length} audio files, each folder taken as a class`,
    ...(hasFolds ? ["folders give the folds"] : []),
    ...(lists.files.length > 0 ? [`${lists.files.join(" and ")} give the split`] : []),
    ...(!hasFolds && lists.files.length === 0 && placed.some(({ split }) => split !== undefined)
      ? ["folders give the split"]
      : []),
    ...(sessions.recordings.size > 0 ? ["folders below the classes are taken as recordings"] : []),
  ];
  return {
    why: parts.join("; "),
    clips: [
      ...clips,
      ...background.map((file) => ({
        id: file,
        path: path.join(listing.root, file),
        label: speechCommandsBackground,
        source: file,
      })),
    ],
    problems: [...problems, ...outside.map((file) => `${file}: expected to lie in the folder of a class`)],
    used: lists.files,
    warnings: sessions.suggestion === undefined ? [] : [sessions.suggestion],
  };
}

interface Places {
  readonly placed: Placed[];
  /** Files beside the folders of the classes. */
  readonly outside: string[];
  readonly problems: string[];
}

/** Walks from the outermost folder to those of the classes. @param isForced every folder is a class, whatever its name */
function placeFiles(files: readonly string[], isForced: boolean): Places {
  const places: Places = { placed: [], outside: [], problems: [] };
  const visit = (own: readonly string[], depth: number, known: StructuralName): void => {
    const byFolder = groupBy(own, (file) => file.split("/").slice(0, -1)[depth] ?? "");
    const direct = byFolder.get("") ?? [];
    byFolder.delete("");
    const names = [...byFolder.keys()];
    if (names.length === 0) {
      if (depth > 0 || places.placed.length > 0) places.outside.push(...direct);
      return;
    }
    const [only] = names;
    const isAround =
      names.length === 1 && direct.length === 0 && own.every((file) => file.split("/").length > depth + 2);
    const meanings = isForced ? new Map<string, StructuralName>() : readSiblings(names);
    if (isAround && only !== undefined) {
      visit(own, depth + 1, { ...known, ...(isForced ? {} : readStructuralName(only)) });
      return;
    }
    if (meanings.size === names.length) {
      places.outside.push(...direct);
      for (const [name, below] of byFolder) visit(below, depth + 1, { ...known, ...meanings.get(name) });
      return;
    }
    if (meanings.size > 0) {
      const odd = [...meanings.keys()].join(", ");
      const others = names
        .filter((name) => !meanings.has(name))
        .slice(0, 5)
        .join(", ");
      places.problems.push(
        `expected classes or the parts of a data set in one folder, got ${odd} beside ${others}: if all are classes, --layout folder-per-class says so`,
      );
      return;
    }
    places.outside.push(...direct);
    for (const [label, below] of byFolder) {
      for (const file of below) places.placed.push(placeFile(file, label, depth, known, isForced));
    }
  };
  visit(files, 0, {});
  if (
    places.placed.length === 0 &&
    places.problems.length === 0 &&
    files.some((file) => file.includes("/"))
  ) {
    const folders = [...new Set(files.flatMap((file) => file.split("/").slice(0, -1)))].sort();
    const problem = describeParts(folders, suggestNamePattern(files));
    if (problem !== undefined) places.problems.push(problem);
    places.outside.length = 0;
  }
  return places;
}

/** Folders of which none is a class, and the ways out; undefined for folders such as `audio` alone. */
function describeParts(folders: readonly string[], pattern: string | undefined): string | undefined {
  const meanings = folders.map((folder) => readStructuralName(folder) ?? {});
  const isSplit = meanings.some(({ split, fold }) => split !== undefined || fold !== undefined);
  if (!isSplit && meanings.every(({ group }) => group === undefined)) return undefined;
  const got = isSplit ? "the parts of a split" : "folders of speakers or sessions";
  const names = `${folders.slice(0, 12).join(", ")}${folders.length > 12 ? ", ..." : ""}`;
  const byNames =
    pattern === undefined ? "" : `, if file names say the class: --layout names --name-pattern '${pattern}'`;
  return `expected a folder for each class, got ${got}: ${names}: if they are classes, --layout folder-per-class says so${byNames}`;
}

/** What a file's folders below its class say: `dog/test/x.wav`; other folders there are sessions. */
function placeFile(
  file: string,
  label: string,
  depth: number,
  known: StructuralName,
  isForced: boolean,
): Placed {
  const below = file.split("/").slice(depth + 1, -1);
  const [first] = below;
  const own = first === undefined || isForced ? undefined : readStructuralName(first);
  return own === undefined
    ? { ...known, file, label, below }
    : { ...known, ...own, file, label, below: below.slice(1) };
}

/**
 * Folders side by side that name parts, with what they say. Names that differ in nothing but the part are parts, too:
 * `FSDKaggle2018.audio_train` and `FSDKaggle2018.audio_test`.
 */
function readSiblings(names: readonly string[]): Map<string, StructuralName> {
  const read = new Map<string, StructuralName>();
  for (const name of names) {
    const meaning = readStructuralName(name);
    if (meaning !== undefined) read.set(name, meaning);
  }
  if (read.size > 0 || names.length < 2) return read;
  const split = names.map((name) => {
    const words = name.split(/[ _.-]+/);
    const parts = words.flatMap((word) => readStructuralName(word)?.split ?? []);
    return {
      name,
      part: parts.length === 1 ? parts[0] : undefined,
      rest: words.filter((word) => readStructuralName(word)?.split === undefined).join(" "),
    };
  });
  const areParts = split.every(({ part, rest }) => part !== undefined && rest === split[0]?.rest);
  return areParts
    ? new Map(split.map(({ name, part }) => [name, part === undefined ? {} : { split: part }]))
    : read;
}
