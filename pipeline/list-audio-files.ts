import { stat } from "node:fs/promises";
import { glob, isDynamicPattern } from "tinyglobby";
import { isAudioFile } from "../datasets/list-files.ts";

/** The files as named; in the place of a folder or a pattern, the audio files that it holds, sorted. */
export async function listAudioFiles(names: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) {
    const found = await stat(name).catch(() => undefined); // a missing file is reported when it is read
    if (found?.isDirectory() === true) files.push(...(await findAudio("**/*", name)));
    else if (found === undefined && isDynamicPattern(name)) files.push(...(await findAudio(name)));
    else files.push(name);
  }
  return files;
}

async function findAudio(pattern: string, folder?: string): Promise<string[]> {
  const found = await glob(pattern, folder === undefined ? {} : { cwd: folder });
  return found
    .filter(isAudioFile)
    .map((file) => (folder === undefined ? file : `${folder.replace(/\/+$/, "")}/${file}`))
    .sort();
}
