import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../features/user-error.ts";

/** A data set's folder as a reader sees it. */
export interface FolderListing {
  readonly root: string;
  /** Every visible file below the root, relative to it, with `/` between names, in code-unit order. */
  readonly files: readonly string[];
  /** Entries that could not be read, as `path: reason`. */
  readonly problems: readonly string[];
}

/**
 * Lists a folder with all folders below it. Hidden entries (`.git`, `._x.wav`, `__MACOSX`) are left out; symbolic
 * links are followed, but a link to one of its own parents is not entered again.
 * @throws UserError when `root` is missing or no folder
 */
export async function listFiles(root: string): Promise<FolderListing> {
  await checkFolder(root);
  const files: string[] = [];
  const problems: string[] = [];
  const visit = async (folder: string, parents: readonly string[]): Promise<void> => {
    const place = await realpath(path.join(root, folder));
    if (parents.includes(place)) return; // a symlink loop
    for (const entry of await readdir(place, { withFileTypes: true })) {
      if (isHidden(entry.name)) continue;
      const relative = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const kind = await findKind(entry, path.join(root, relative));
      if (kind === "folder") await visit(relative, [...parents, place]);
      else if (kind === "file") files.push(relative);
      else problems.push(`${relative}: expected a file or a folder, got ${kind}`);
    }
  };
  await visit("", []);
  return { root, files: files.sort(), problems: problems.sort() };
}

/** Endings of the formats that the decoder knows. */
const audioEndings = [".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus"];

export function isAudioFile(file: string): boolean {
  return audioEndings.includes(path.posix.extname(file).toLowerCase());
}

async function checkFolder(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found === undefined)
    throw new UserError(`${root}: expected a folder of labelled audio, got nothing there`);
  if (!found.isDirectory()) throw new UserError(`${root}: expected a folder of labelled audio, got a file`);
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX";
}

async function findKind(entry: Dirent, location: string): Promise<string> {
  if (entry.isDirectory()) return "folder";
  if (entry.isFile()) return "file";
  if (!entry.isSymbolicLink()) return "a device or socket";
  const target = await stat(location).catch(() => undefined); // a link to nowhere, or a chain of links in a circle
  if (target === undefined) return "a broken link";
  return target.isDirectory() ? "folder" : target.isFile() ? "file" : "a link to a device or socket";
}
