import { readFile } from "node:fs/promises";
import path from "node:path";
import { isAudioFile, type FolderListing } from "../list-files.ts";
import type { FoundClip, Reading } from "./reader.ts";

/** Recordings from which folds can be made of whole recordings: one to test, one to validate, one to train. */
const minRecordings = 3;
/** Regions of one recording that lie closer share their background, so they stay in one fold. */
const joinedGapSeconds = 1;

interface Region {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly label: string;
}

/**
 * Long recordings with Audacity's label tracks beside them: `garden.wav` and `garden.txt`, a region a line (start,
 * end, class, between tabs). With fewer than three recordings, stretches of one recording go to different folds.
 */
export async function readLabelTracks(listing: FolderListing): Promise<Reading | undefined> {
  const pairs = findPairs(listing);
  const clips: FoundClip[] = [];
  const problems: string[] = [];
  let tracks = 0;
  for (const { audio, track } of pairs) {
    const text = await readFile(path.join(listing.root, track), "utf8");
    if (!looksLikeTrack(text)) continue;
    tracks++;
    const regions = parseTrack(text, track, problems);
    const sources = pairs.length >= minRecordings ? regions.map(() => audio) : nameStretches(regions, audio);
    for (const [index, { label, startSeconds, endSeconds }] of regions.entries()) {
      clips.push({
        id: `${audio}@${startSeconds}-${endSeconds}`,
        path: path.join(listing.root, audio),
        label,
        source: sources[index] ?? audio,
        range: { startSeconds, endSeconds },
      });
    }
  }
  if (tracks === 0) return undefined;
  const folds = pairs.length >= minRecordings ? "" : "; its folds share recordings, so that scores flatter";
  return {
    why: `${tracks} recording${tracks === 1 ? "" : "s"} with ${clips.length} regions in Audacity label files${folds}`,
    clips,
    problems,
  };
}

function findPairs({ files, picked }: FolderListing): { audio: string; track: string }[] {
  const present = new Set(files);
  return files
    .filter((file) => isAudioFile(file) && (picked === undefined || file === picked))
    .map((audio) => ({ audio, track: audio.replace(/\.[^.]*$/, ".txt") }))
    .filter(({ track }) => present.has(track));
}

const regionLine = /^(?<start>\d+(?:\.\d+)?)\t(?<end>\d+(?:\.\d+)?)(?:\t(?<label>.*))?$/;

function looksLikeTrack(text: string): boolean {
  return regionLine.test(listLines(text)[0]?.text ?? "");
}

/** Lines but for empty ones and those with `\`, in which Audacity keeps frequency ranges. */
function listLines(text: string): { line: number; text: string }[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((content, index) => ({ line: index + 1, text: content.trimEnd() }))
    .filter(({ text }) => text !== "" && !text.startsWith("\\"));
}

function parseTrack(text: string, track: string, problems: string[]): Region[] {
  const regions: Region[] = [];
  for (const { line, text: content } of listLines(text)) {
    const groups = regionLine.exec(content)?.groups;
    const startSeconds = Number(groups?.start);
    const endSeconds = Number(groups?.end);
    const label = groups?.label?.trim() ?? "";
    if (groups === undefined)
      problems.push(`${track} line ${line}: expected start, end and class between tabs, got ${content}`);
    else if (label === "") problems.push(`${track} line ${line}: expected a class after the times, got none`);
    else if (startSeconds >= endSeconds)
      problems.push(`${track} line ${line}: expected a region, got a point at ${startSeconds} s`);
    else regions.push({ startSeconds, endSeconds, label });
  }
  return regions;
}

/** One name for each stretch of regions that overlap or nearly touch. */
function nameStretches(regions: readonly Region[], audio: string): string[] {
  const names = new Map<Region, string>();
  let endSeconds = -Infinity;
  let name = "";
  for (const region of [...regions].sort((a, b) => a.startSeconds - b.startSeconds)) {
    if (region.startSeconds > endSeconds + joinedGapSeconds) name = `${audio} from ${region.startSeconds} s`;
    endSeconds = Math.max(endSeconds, region.endSeconds);
    names.set(region, name);
  }
  return regions.map((region) => names.get(region) ?? audio);
}
