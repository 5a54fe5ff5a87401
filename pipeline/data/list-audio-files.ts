import { stat } from "node:fs/promises";
import { glob, isDynamicPattern } from "tinyglobby";
import { isAudioFile } from "../../datasets/list-files.ts";

/**
 * The files as named; in the place of a folder or a pattern, the audio files that it holds, sorted. What is missing or
 * holds none stays as it was named, so that it is reported when it is read.
 */
export async function listAudioFiles(names: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) {
    const status = await stat(name).catch(() => undefined);
    const found =
      status?.isDirectory() === true
        ? await findAudio("**/*", name)
        : status === undefined && isDynamicPattern(name)
          ? await findAudio(name)
          : [];
    files.push(...(found.length > 0 ? found : [name]));
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
