import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Writes a file under a temporary name beside it and renames it: other readers and a killed run find the old file
 * or the new one. Two writers of one file may meet: the last one wins, whole.
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await replaceAtomically(file, (temporary) => writeFile(temporary, content));
}

/** As `writeFileAtomically`, for what is not in memory. @param write makes the file under the name that it is given */
export async function replaceAtomically(
  file: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = nameTemporary(file);
  try {
    await write(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A name beside a file that no other process has, on whatever machine of a shared folder. */
export function nameTemporary(file: string): string {
  return `${file}.${randomBytes(6).toString("hex")}.tmp`;
}
