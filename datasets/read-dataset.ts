import path from "node:path";
import { UserError } from "../common/user-error.ts";
import { assignFolds, type AssignedFolds } from "./folds/assign-folds.ts";
import { listClipProblems, listClipWarnings, listContradictions } from "./check-clips.ts";
import type { Clip, Dataset } from "./dataset.ts";
import { findDuplicates, joinDuplicates } from "./folds/find-duplicates.ts";
import { formatProblems } from "./format-problems.ts";
import { isAudioFile, listFiles, type FolderListing } from "./list-files.ts";
import { layoutNames, layouts, singleFileLayouts, type LayoutName } from "./readers/layouts.ts";
import type { FoundClip, ReaderOptions, Reading } from "./readers/reader.ts";

export interface ReadDatasetOptions extends ReaderOptions {
  /** Forces a layout; without it the first that recognises the folder is taken. */
  readonly layout?: LayoutName;
  /** Folds to make where the layout has none. Default 5. */
  readonly folds?: number;
}

/**
 * Reads a folder of labelled audio, of any known layout. Only names and tables are read, no audio.
 * @throws UserError that lists all problems of the data set together
 */
export async function readDataset(root: string, options: ReadDatasetOptions = {}): Promise<Dataset> {
  const listing = await listFiles(root);
  const { layout, reading } = await chooseLayout(listing, options);
  const found = await completeFolds(reading.clips, options.folds ?? 5);
  const unread = [...listing.problems, ...reading.problems];
  const isUnreadable = unread.length > 0 && reading.clips.length === 0; // then that there are no clips says nothing
  const problems = isUnreadable ? unread : [...unread, ...listClipProblems(reading.clips), ...found.problems];
  if (problems.length > 0) throw new UserError(formatProblems(root, problems));
  const clips = found.clips.map(requireFold);
  return {
    name: path.basename(path.resolve(root)),
    layout: `${layout}: ${reading.why}`,
    root: listing.root,
    labels: [...new Set(clips.map(({ label }) => label))].sort(),
    clips,
    trimsLongClips: reading.trimsLongClips ?? false,
    warnings: [...listClipWarnings(clips), ...found.warnings],
  };
}

async function chooseLayout(
  listing: FolderListing,
  options: ReadDatasetOptions,
): Promise<{ layout: LayoutName; reading: Reading }> {
  const possible = listing.picked === undefined ? layoutNames : singleFileLayouts;
  const candidates = options.layout === undefined ? possible : [options.layout];
  for (const layout of candidates) {
    const reading = await layouts[layout].read(listing, options);
    if (reading !== undefined) return { layout, reading };
  }
  const expected = candidates.map((layout) => `\n  ${layout}: ${layouts[layout].expects}`).join("");
  throw new UserError(`${listing.root}: expected${expected}\ngot ${describeListing(listing)}`);
}

/** Folds of the layout's own, or made by recording; files with the same bytes count as one recording. */
async function completeFolds(
  clips: readonly FoundClip[],
  folds: number,
): Promise<AssignedFolds & { readonly warnings: readonly string[] }> {
  if (clips.every(({ fold }) => fold !== undefined)) return { clips, problems: [], warnings: [] };
  const duplicates = await findDuplicates([...new Set(clips.map((clip) => clip.path))]);
  const assigned = assignFolds(joinDuplicates(clips, duplicates), folds);
  return { ...assigned, warnings: listContradictions(clips, duplicates) };
}

function describeListing({ files, picked }: FolderListing): string {
  if (picked !== undefined) return `the file ${picked}`;
  const audio = files.filter(isAudioFile);
  if (files.length === 0) return "an empty folder";
  if (audio.length === 0) return `${files.length} files, none of them audio, e.g. ${files[0] ?? ""}`;
  return `${audio.length} audio files, e.g. ${audio[0] ?? ""}`;
}

function requireFold(clip: FoundClip): Clip {
  if (clip.fold === undefined) throw new Error(`${clip.id}: the reader gave no fold`);
  return { ...clip, fold: clip.fold };
}
