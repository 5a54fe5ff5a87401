import path from "node:path";
import { type FolderListing, isAudioFile } from "../list-files.ts";
import type { FoundClip, Reading } from "./reader.ts";
import { at } from "../../common/at.ts";

const classFolder = /^\d{3} - (?<label>.+)$/;

/**
 * The ESC-10 data set as published: `001 - Dog bark/1-100032-A.ogg`, which is fold, Freesound clip and take. The
 * class is called as its folder, without the number.
 */
export function readEsc10Folders({ root, files }: FolderListing): Promise<Reading | undefined> {
  const clips: FoundClip[] = [];
  const problems: string[] = [];
  const folders = new Map<string, Set<string>>(); // label -> folders
  for (const file of files) {
    const [folder = "", name = "", ...deeper] = file.split("/");
    const label = classFolder.exec(folder)?.groups?.label;
    if (label === undefined || deeper.length > 0 || !isAudioFile(file)) continue;
    const named = parseEscClipName(name);
    if (named === undefined)
      problems.push(`${file}: expected a name such as 1-100032-A.ogg (fold-recording-take)`);
    else clips.push({ id: file, path: path.join(root, file), label, ...named });
    folders.set(label, (folders.get(label) ?? new Set()).add(folder));
  }
  if (clips.length === 0) return Promise.resolve(undefined);
  for (const [label, names] of folders) {
    if (names.size > 1) problems.push(`${label}: expected one folder, got ${[...names].join(" and ")}`);
  }
  const example = at(clips, 0).id;
  const why = `${folders.size} folders with clips named like "${example}"`;
  return Promise.resolve({ why, clips, problems, trimsLongClips: true });
}

/** What ESC's file names say: `1-100032-A-0.wav` is take A of Freesound clip 100032, in fold 1. */
interface EscClipName {
  readonly fold: number;
  readonly source: string;
}

/** @param name file name without folders; `undefined` when it is none of ESC's */
function parseEscClipName(name: string): EscClipName | undefined {
  const groups = /^(?<fold>[1-9])-(?<source>\d+)-[A-Z](?:-\d+)?\.\w+$/.exec(name)?.groups;
  if (groups?.fold === undefined || groups.source === undefined) return undefined;
  return { fold: Number(groups.fold), source: groups.source };
}
