import path from "node:path";
import { UserError } from "../common/user-error.ts";
import {
  assignBackgroundFolds,
  listOutsideBackground,
  separateBackground,
  type BackgroundOptions,
} from "./background/separate-background.ts";
import { listClipProblems, listClipWarnings, listContradictions } from "./check-clips.ts";
import { listLabels, type Clip, type Dataset } from "./dataset.ts";
import { assignFolds, type AssignedFolds } from "./folds/assign-folds.ts";
import { findDuplicates, joinDuplicates } from "./folds/find-duplicates.ts";
import { assignSplitFolds } from "./folds/split-folds.ts";
import { suggestGrouping } from "./folds/suggest-grouping.ts";
import { DatasetError } from "./format-problems.ts";
import { isAudioFile, listFiles, type FolderListing } from "./list-files.ts";
import { listUnused } from "./list-unused.ts";
import { layouts, singleFileLayouts } from "./readers/layouts.ts";
import { suggestNamePattern } from "./readers/read-flat-names.ts";
import {
  layoutNames,
  type FoundClip,
  type LayoutName,
  type ReaderOptions,
  type Reading,
} from "./readers/reader.ts";

export interface ReadDatasetOptions extends ReaderOptions, BackgroundOptions {
  /** Folds to make where the layout has none. Default 5. */
  readonly folds?: number;
}

/**
 * Reads a folder of labelled audio, of any known layout. Only names and tables are read, no audio. Every file of the
 * folder is a clip, was used to read them, or is named in `unused`.
 * @throws DatasetError that lists all problems of the data set together
 */
export async function readDataset(root: string, options: ReadDatasetOptions = {}): Promise<Dataset> {
  const listing = await listFiles(root);
  const { layout, reading } = await chooseLayout(listing, options);
  const byName = options.layout !== "folder-per-class"; // by which the user says that every folder is a class
  const listed = options.multiLabel === true ? reading.clips.map(listOwnLabel) : reading.clips;
  const { clips: ofClasses, background, why } = separateBackground(listed, options, byName);
  const found = await completeFolds(ofClasses, options);
  const unread = [...listing.problems, ...reading.problems];
  const isUnreadable = unread.length > 0 && reading.clips.length === 0; // then that there are no clips says nothing
  const problems = isUnreadable ? unread : [...unread, ...listClipProblems(ofClasses), ...found.problems];
  if (problems.length > 0) throw new DatasetError(root, problems);
  const clips = found.clips.map(requireFold);
  const outside = await listOutsideBackground(options, [...new Set(background.map(({ label }) => label))]);
  const folds = Math.max(...clips.map(({ fold }) => fold));
  return {
    name: path.basename(path.resolve(root)),
    layout: `${layout}: ${[reading.why, ...(why === "" ? [] : [why])].join("; ")}`,
    root: listing.root,
    labels: [...new Set(clips.flatMap(listLabels))].sort(),
    labelling: options.multiLabel === true ? "several" : "one",
    clips,
    background: assignBackgroundFolds([...background, ...outside], folds),
    trimsLongClips: reading.trimsLongClips ?? false,
    warnings: [
      ...(reading.warnings ?? []),
      ...describeLabels(clips),
      ...listClipWarnings(clips),
      ...(found.warnings ?? []),
    ],
    unused: await listUnused(listing, reading),
  };
}

/** Layouts that know one class a clip give a list of one. */
const listOwnLabel = (clip: FoundClip): FoundClip => ({ ...clip, labels: listLabels(clip) });

/** What the sets of labels are like, where clips have such. */
function describeLabels(clips: readonly Clip[]): string[] {
  const sets = clips.flatMap(({ labels }) => (labels === undefined ? [] : [labels]));
  if (sets.length === 0) return [];
  const several = sets.filter(({ length }) => length > 1).length;
  const none = sets.filter(({ length }) => length === 0).length;
  return [
    several === 0
      ? "--multi-label: no clip has several classes; each class is learned by itself all the same"
      : `--multi-label: ${several} of ${sets.length} clips have several classes`,
    ...(none === 0 ? [] : [`--multi-label: ${none} clips have none of the classes: they are negatives`]),
  ];
}

async function chooseLayout(
  listing: FolderListing,
  options: ReadDatasetOptions,
): Promise<{ layout: LayoutName; reading: Reading }> {
  const possible = listing.picked === undefined ? layoutNames : singleFileLayouts;
  const forced = options.layout ?? (options.namePattern === undefined ? undefined : "names");
  const candidates = forced === undefined ? possible : [forced];
  for (const layout of candidates) {
    const reading = await layouts[layout].read(listing, options);
    if (reading !== undefined) return { layout, reading };
  }
  const found = `got ${describeListing(listing)}`;
  if (forced !== undefined)
    throw new UserError(`${listing.root}: ${forced}: expected ${layouts[forced].expects}, ${found}`);
  const known = candidates.map((layout) => `${layout} (${layouts[layout].example})`).join(", ");
  throw new UserError(
    `${listing.root}: expected a layout of labelled sounds, ${found}. Layouts: ${known}; docs/datasets.md${suggestNames(listing)}`,
  );
}

/** Folds of the layout's own, or made by recording; files with the same bytes count as one recording. */
async function completeFolds(
  clips: readonly FoundClip[],
  { folds = 5, groupBy }: ReadDatasetOptions,
): Promise<AssignedFolds> {
  if (clips.every(({ fold }) => fold !== undefined)) return { clips, problems: [] };
  const duplicates = await findDuplicates([...new Set(clips.map((clip) => clip.path))]);
  const joined = joinDuplicates(clips, duplicates);
  const hasSplit = joined.some(({ split }) => split !== undefined);
  const assigned = hasSplit ? assignSplitFolds(joined, folds) : assignFolds(joined, folds);
  const grouping = groupBy === undefined && !hasSplit ? suggestGrouping(clips) : undefined;
  return {
    ...assigned,
    warnings: [
      ...(assigned.warnings ?? []),
      ...listContradictions(clips, duplicates),
      ...(grouping === undefined ? [] : [grouping]),
    ],
  };
}

function describeListing({ files, picked }: FolderListing): string {
  if (picked !== undefined) return `the file ${picked}`;
  const audio = files.filter(isAudioFile);
  const [file] = files;
  const [sound] = audio;
  if (file === undefined) return "an empty folder";
  if (sound === undefined) return `${files.length} files, none of them audio, e.g. ${file}`;
  return `${audio.length} audio files, e.g. ${sound}`;
}

/** The way out for files in one folder. */
function suggestNames({ files, picked }: FolderListing): string {
  if (picked !== undefined) return "";
  const pattern = suggestNamePattern(files.filter(isAudioFile));
  return pattern === undefined
    ? ""
    : `\nIf the names say the class: --layout names --name-pattern '${pattern}'`;
}

function requireFold({ id, path: file, label, labels, fold, source, range }: FoundClip): Clip {
  if (fold === undefined) throw new Error(`${id}: the reader gave no fold`);
  const ofClasses = { label, ...(labels !== undefined && { labels }) };
  return { id, path: file, ...ofClasses, fold, source, ...(range !== undefined && { range }) };
}
