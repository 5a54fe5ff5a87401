import path from "node:path";
import { groupBy } from "../folds/group-by.ts";
import { type FolderListing, isAudioFile } from "../list-files.ts";
import { readText } from "./read-text.ts";
import type { FoundClip, Reading } from "./reader.ts";
import { at, atKey } from "../../common/at.ts";

/** Recordings from which folds can be made of whole recordings: one to test, one to validate, one to train. */
const minRecordings = 3;
/** Regions of one recording that lie closer share their background, so they stay in one fold. */
const joinedGapSeconds = 1;
/** Texts of any name that are opened to see whether they are label tracks. */
const maxLoneTexts = 1000;

interface Region {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly label: string;
}

interface Track {
  readonly audio: string;
  readonly track: string;
  readonly regions: readonly Region[];
}

/**
 * Long recordings with Audacity's label tracks beside them: `garden.wav` and `garden.txt`, or one recording of a folder
 * and `Label Track.txt`; a region a line (start, end, class, between tabs). With fewer than three recordings, stretches
 * of one recording go to different folds.
 */
export async function readLabelTracks(listing: FolderListing): Promise<Reading | undefined> {
  const problems: string[] = [];
  const tracks: Track[] = [];
  for (const { audio, track } of await findPairs(listing)) {
    const text = await readText(path.join(listing.root, track));
    tracks.push({ audio, track, regions: parseTrack(text, track, problems) });
  }
  if (tracks.length === 0) return undefined;
  const isCut = tracks.length < minRecordings;
  const areBackToBack = isCut && !hasEnoughStretches(tracks, joinedGapSeconds);
  const sources = tracks.map(({ audio, regions }) =>
    isCut
      ? nameStretches(regions, audio, areBackToBack ? -1e-6 : joinedGapSeconds)
      : regions.map(() => audio),
  );
  const clips = tracks.flatMap(({ audio, regions }, index) =>
    regions.map(({ label, startSeconds, endSeconds }, region): FoundClip => ({
      id: `${audio}@${startSeconds}-${endSeconds}`,
      path: path.join(listing.root, audio),
      label,
      source: at(at(sources, index), region),
      range: { startSeconds, endSeconds },
    })),
  );
  const recordings = `${tracks.length} recording${tracks.length === 1 ? "" : "s"}`;
  const stretches = areBackToBack
    ? "labels lie back to back, so neighbours in time"
    : "stretches of one recording";
  return {
    why: `${recordings} with ${clips.length} regions in Audacity label files`,
    clips,
    problems,
    used: tracks.map(({ track }) => track),
    warnings: isCut
      ? [
          `${recordings}: ${stretches} are in different folds, so accuracy is inflated; three recordings or more are split as a whole`,
        ]
      : [],
  };
}

/** Recordings with the track of their name; else the only recording of a folder with its only other track. */
async function findPairs({
  root,
  files,
  picked,
}: FolderListing): Promise<{ audio: string; track: string }[]> {
  const texts = files.filter((file) => /\.txt$/i.test(file));
  const tracks: string[] = [];
  const sounds = new Set(files.filter(isAudioFile).map(getStem));
  for (const file of texts) {
    const isNamed = sounds.has(getStem(file)) || sounds.has(getStem(getStem(file)));
    const isAlone = texts.length <= maxLoneTexts; // transcripts of a million clips are not opened one by one
    if ((isNamed || isAlone) && looksLikeTrack(await readText(path.join(root, file)))) tracks.push(file);
  }
  const audio = files.filter(
    (file) => isAudioFile(file) && (picked === undefined || file === picked || tracks.includes(picked)),
  );
  const byStem = new Map(tracks.map((track) => [getStem(track), track]));
  const pairs: { audio: string; track: string }[] = [];
  const left = new Map(groupBy(tracks, (track) => path.posix.dirname(track)));
  for (const file of audio) {
    const track = byStem.get(getStem(file)) ?? byStem.get(file.toLowerCase());
    if (track !== undefined) pairs.push({ audio: file, track });
  }
  const paired = new Set(pairs.flatMap(({ audio: file, track }) => [file, track]));
  for (const [folder, own] of left) {
    const [track, ...others] = own.filter((file) => !paired.has(file));
    const lone = audio.filter((file) => path.posix.dirname(file) === folder && !paired.has(file));
    const [recording] = lone;
    if (track !== undefined && others.length === 0 && recording !== undefined && lone.length === 1)
      pairs.push({ audio: recording, track });
  }
  return pairs
    .filter(({ audio: file, track }) => picked === undefined || file === picked || track === picked)
    .sort((a, b) => (a.audio < b.audio ? -1 : 1));
}

function getStem(file: string): string {
  return file.replace(/\.[^./]*$/, "").toLowerCase();
}

/** Audacity writes times with a decimal comma where the system does. */
const regionLine = /^(?<start>\d+(?:[.,]\d+)?)\t(?<end>\d+(?:[.,]\d+)?)(?:\t(?<label>.*))?$/;

function looksLikeTrack(text: string): boolean {
  const [first] = listLines(text);
  return first !== undefined && regionLine.test(first.text);
}

/** Lines but for empty ones and those with `\`, in which Audacity keeps frequency ranges. */
function listLines(text: string): { line: number; text: string }[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((content, index) => ({ line: index + 1, text: content.trimEnd() }))
    .filter(({ text }) => text !== "" && !text.startsWith("\\"));
}

function parseTrack(text: string, track: string, problems: string[]): Region[] {
  const regions: Region[] = [];
  for (const { line, text: content } of listLines(text)) {
    const groups = regionLine.exec(content)?.groups;
    const startSeconds = parseSeconds(groups?.start);
    const endSeconds = parseSeconds(groups?.end);
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

function parseSeconds(text: string | undefined): number {
  return Number(text?.replace(",", "."));
}

/** Whether every class has a stretch for each of three folds when near regions count as one. */
function hasEnoughStretches(tracks: readonly Track[], gapSeconds: number): boolean {
  const named = tracks.flatMap(({ audio, regions }) => {
    const names = nameStretches(regions, audio, gapSeconds);
    return regions.map(({ label }, index) => ({ label, name: at(names, index) }));
  });
  const classes = [...groupBy(named, ({ label }) => label).values()];
  return classes.some((own) => new Set(own.map(({ name }) => name)).size >= minRecordings);
}

/** One name for each stretch of regions that overlap or lie closer than a gap. */
function nameStretches(regions: readonly Region[], audio: string, gapSeconds: number): string[] {
  const names = new Map<Region, string>();
  let endSeconds = -Infinity;
  let name = "";
  for (const region of [...regions].sort((a, b) => a.startSeconds - b.startSeconds)) {
    if (region.startSeconds > endSeconds + gapSeconds) name = `${audio} from ${region.startSeconds} s`;
    endSeconds = Math.max(endSeconds, region.endSeconds);
    names.set(region, name);
  }
  return regions.map((region) => atKey(names, region));
}
