import { stat } from "node:fs/promises";
import path from "node:path";
import { isBackgroundName, otherNames } from "../../common/background-names.ts";
import { UserError } from "../../common/user-error.ts";
import { joinLabels, listLabels, type Clip } from "../dataset.ts";
import { groupBy } from "../folds/group-by.ts";
import { isAudioFile, listFiles } from "../list-files.ts";
import type { FoundClip } from "../readers/reader.ts";

/** Speech Commands' folder of long recordings of noise. */
export const speechCommandsBackground = "_background_noise_";

/** What `--negatives` gives its clips as a class. */
const negativesLabel = "negatives";

export interface BackgroundOptions {
  /** Further names of classes that are background, and folders of it. */
  readonly background?: readonly string[];
  /** Folders of sounds that must not be named. */
  readonly negatives?: readonly string[];
}

export interface SeparatedClips {
  readonly clips: readonly FoundClip[];
  readonly background: readonly FoundClip[];
  /** What is to be said of the layout; empty without background. */
  readonly why: string;
}

/**
 * Parts the clips of classes from those of background, by the class's name. Where only one class would be left, all
 * stay classes, so that there is something to tell apart. Of a clip with several classes, those of background go; one
 * that has no other is background.
 * @param byName whether the usual names are background; false where the user says that every folder is a class
 */
export function separateBackground(
  found: readonly FoundClip[],
  { background = [] }: BackgroundOptions,
  byName: boolean,
): SeparatedClips {
  const names = new Set([speechCommandsBackground, ...background]);
  const isName = (label: string): boolean =>
    names.has(label) || (byName && (names.has(label.toLowerCase()) || isBackgroundName(label)));
  const isBackground = (clip: FoundClip): boolean =>
    listLabels(clip).length > 0 && listLabels(clip).every(isName);
  const apart = found.filter(isBackground).map(({ labels, ...clip }) => ({
    ...clip,
    label: labels?.[0] ?? clip.label,
  }));
  const clips = found
    .filter((clip) => !isBackground(clip))
    .map((clip) => {
      if (clip.labels === undefined) return clip;
      const labels = clip.labels.filter((label) => !isName(label));
      return { ...clip, labels, label: joinLabels(labels) };
    });
  const isOptional = apart.every(
    ({ label }) => label !== speechCommandsBackground && !background.includes(label),
  );
  if (isOptional && new Set(clips.flatMap(listLabels)).size < 2)
    return { clips: found, background: [], why: "" };
  const counts = [...groupBy(apart, ({ label }) => label)].map(([label, own]) => `${label} (${own.length})`);
  const why = counts.length === 0 ? "" : `background, no class: ${counts.join(", ")}`;
  return { clips, background: apart, why };
}

/** Whether a background clip may lie under sounds of the classes, as a room does. */
export function isBed({ label }: Pick<Clip, "label">): boolean {
  return label !== negativesLabel && !otherNames.includes(label.toLowerCase());
}

/**
 * Sounds of folders outside of the data set: those of `background` that are folders, and of `negatives`.
 * @throws UserError for a name that is neither a folder nor one of `labels`, and for a folder without sounds
 */
export async function listOutsideBackground(
  { background = [], negatives = [] }: BackgroundOptions,
  labels: readonly string[],
): Promise<FoundClip[]> {
  const clips: FoundClip[] = [];
  for (const name of background) {
    if (labels.includes(name)) continue;
    clips.push(...(await listFolder(name, "background", "--background")));
  }
  for (const folder of negatives) clips.push(...(await listFolder(folder, negativesLabel, "--negatives")));
  return clips;
}

async function listFolder(folder: string, label: string, option: string): Promise<FoundClip[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const orName = option === "--background" ? "a class of the data set or " : "";
  if (!isFolder)
    throw new UserError(`${option} ${folder}: expected ${orName}a folder of sounds, got neither`);
  const { root, files } = await listFiles(folder);
  const sounds = files.filter(isAudioFile);
  if (sounds.length === 0) throw new UserError(`${option} ${folder}: expected sounds, got none`);
  return sounds.map((file) => {
    const own = path.join(root, file);
    return { id: own, path: own, label, source: own };
  });
}

/**
 * Gives background the folds that the clips have: its own, its part of the split, or by recording from the last fold
 * on, so that a single recording trains.
 */
export function assignBackgroundFolds(background: readonly FoundClip[], folds: number): Clip[] {
  const sources = [...new Set(background.map(({ source }) => source))];
  return background.map(({ split, fold, ...clip }) => {
    const own = folds - (sources.indexOf(clip.source) % folds);
    const ofSplit = { test: 1, validation: Math.min(2, folds), train: folds };
    return { ...clip, fold: Math.min(folds, fold ?? (split === undefined ? own : ofSplit[split])) };
  });
}
