import { rename, rm, writeFile } from "node:fs/promises";

/** Writes a file under a temporary name and renames it: a killed run leaves the old file or the new one. */
export async function writeFileAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid.toString()}.tmp`;
  try {
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
