import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

let written = 0;

/**
 * Writes a file under a temporary name beside it and renames it: other readers and a killed run find the old file
 * or the new one. Two writers of one file may meet: the last one wins, whole.
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}-${++written}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
