import path from "node:path";
import { UserError } from "../features/user-error.ts";
import { listClipProblems, listClipWarnings } from "./check-clips.ts";
import type { Clip, Dataset } from "./dataset.ts";
import { formatProblems } from "./format-problems.ts";
import { isAudioFile, listFiles, type FolderListing } from "./list-files.ts";
import { layoutNames, layouts, type LayoutName } from "./readers/layouts.ts";
import type { FoundClip, ReaderOptions, Reading } from "./readers/reader.ts";

export interface ReadDatasetOptions extends ReaderOptions {
  /** Forces a layout; without it the first that recognises the folder is taken. */
  readonly layout?: LayoutName;
}

/**
 * Reads a folder of labelled audio, of any known layout. Only names and tables are read, no audio.
 * @throws UserError that lists all problems of the data set together
 */
export async function readDataset(root: string, options: ReadDatasetOptions = {}): Promise<Dataset> {
  const listing = await listFiles(root);
  const { layout, reading } = await chooseLayout(listing, options);
  const problems = [...listing.problems, ...reading.problems, ...listClipProblems(reading.clips)];
  if (problems.length > 0) throw new UserError(formatProblems(root, problems));
  const clips = reading.clips.map(requireFold);
  return {
    name: path.basename(path.resolve(root)),
    layout: `${layout}: ${reading.why}`,
    root,
    labels: [...new Set(clips.map(({ label }) => label))].sort(),
    clips,
    trimsLongClips: reading.trimsLongClips ?? false,
    warnings: listClipWarnings(clips),
  };
}

async function chooseLayout(
  listing: FolderListing,
  options: ReadDatasetOptions,
): Promise<{ layout: LayoutName; reading: Reading }> {
  const candidates = options.layout === undefined ? layoutNames : [options.layout];
  for (const layout of candidates) {
    const reading = await layouts[layout].read(listing, options);
    if (reading !== undefined) return { layout, reading };
  }
  const expected = candidates.map((layout) => `\n  ${layout}: ${layouts[layout].expects}`).join("");
  throw new UserError(`${listing.root}: expected${expected}\ngot ${describeListing(listing)}`);
}

function describeListing({ files }: FolderListing): string {
  const audio = files.filter(isAudioFile);
  if (files.length === 0) return "an empty folder";
  if (audio.length === 0) return `${files.length} files, none of them audio, e.g. ${files[0] ?? ""}`;
  return `${audio.length} audio files, e.g. ${audio[0] ?? ""}`;
}

function requireFold(clip: FoundClip): Clip {
  if (clip.fold === undefined) throw new Error(`${clip.id}: the reader gave no fold`);
  return { ...clip, fold: clip.fold };
}
