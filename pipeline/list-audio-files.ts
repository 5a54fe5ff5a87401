import { stat } from "node:fs/promises";
import path from "node:path";
import { isAudioFile, listFiles } from "../datasets/list-files.ts";

/** The files as named, and in the place of a folder the audio files inside it, sorted. */
export async function listAudioFiles(names: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) {
    const isFolder = await stat(name).then(
      (found) => found.isDirectory(),
      () => false, // reported when the file is read, with its reason
    );
    if (!isFolder) files.push(name);
    else
      files.push(...(await listFiles(name)).files.filter(isAudioFile).map((file) => path.join(name, file)));
  }
  return files;
}
