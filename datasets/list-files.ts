import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../common/user-error.ts";
import { findAudioKind } from "../features/audio/audio-kinds.ts";

/** A data set's folder as a reader sees it. */
export interface FolderListing {
  readonly root: string;
  /** Every visible file below the root, relative to it, with `/` between names, in code-unit order. */
  readonly files: readonly string[];
  /** The file that was given in place of a folder, such as a manifest; then `root` is its folder. */
  readonly picked?: string;
  /** Entries that could not be read, as `path: reason`. */
  readonly problems: readonly string[];
}

/**
 * Lists a folder with all folders below it. Hidden entries (`.git`, `._x.wav`, `__MACOSX`) are left out; symbolic
 * links are followed, but a link to one of its own parents is not entered again.
 * @param root a folder, or a file in it that the data set is about
 * @throws UserError when there is nothing
 */
export async function listFiles(root: string): Promise<FolderListing> {
  if (await isFile(root)) {
    return { ...(await listFiles(path.dirname(root))), picked: path.basename(root) };
  }
  const files: string[] = [];
  const problems: string[] = [];
  const visit = async (folder: string, parents: readonly string[]): Promise<void> => {
    const place = await realpath(path.join(root, folder));
    if (parents.includes(place)) return; // a symlink loop
    const entries = await readdir(place, { withFileTypes: true }).catch((error: unknown) => {
      problems.push(`${folder || root}: expected a folder that can be read, got ${String(error)}`);
      return [];
    });
    for (const entry of entries) {
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

/** Whether a file's name ends as those of sound do; that of a kind that is not read, too, so that it is named. */
export function isAudioFile(file: string): boolean {
  return findAudioKind(file) !== undefined;
}

async function isFile(root: string): Promise<boolean> {
  const found = await stat(root).catch(() => undefined);
  if (found === undefined)
    throw new UserError(`${root}: expected a folder of labelled audio, got nothing there`);
  return found.isFile();
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
