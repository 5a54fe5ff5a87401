import path from "node:path";
import { type FolderListing, isAudioFile } from "../../list-files.ts";
import { at } from "../../../common/at.ts";

/** Where a written path leads: to a file of the listing, outside of the folder, to several files or to none. */
export type Location =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "outside" }
  | { readonly kind: "several"; readonly files: readonly string[] }
  | { readonly kind: "missing"; readonly file: string };

/** Finds the file that a row of a table means. `hints` are folder names that decide between files of one name. */
export type FileLocator = (written: string, hints?: readonly string[]) => Location;

/**
 * Finds the files of one table's rows. A path counts from the table's folder, else from the root; else the file whose
 * path ends as the written one does is taken, if there is only one: tables come with paths of other machines, with the
 * data set's own folder in front, with the bare name, or without its ending. Neither case nor the way in which accents
 * are coded has to agree.
 * @param table path of the table inside the folder
 */
export function createFileLocator(listing: FolderListing, table: string): FileLocator {
  const present = new Set(listing.files);
  const byName = indexNames(listing.files.filter(isAudioFile));
  const folders = [...new Set([path.posix.dirname(table), "."])];
  return (written, hints = []) => {
    const parts = splitPath(written);
    const relatives = folders.flatMap((folder) => {
      const inside = isForeign(written)
        ? locateAbsolute(listing.root, written)
        : path.posix.join(folder, ...parts);
      return inside === undefined || inside.startsWith("../") || inside === ".." ? [] : [inside];
    });
    const exact = relatives.find((file) => present.has(file));
    if (exact !== undefined) return { kind: "file", file: exact };
    const found = findByEnd(
      byName,
      parts,
      isForeign(written) || parts.length === 1,
      path.basename(listing.root),
      hints,
    );
    if (found.length > 1) return { kind: "several", files: found };
    const [file] = found;
    if (file !== undefined) return { kind: "file", file };
    const [missing] = relatives;
    return missing === undefined
      ? { kind: "outside" }
      : { kind: "missing", file: relatives.at(-1) ?? missing };
  };
}

/** `C:\x`, `/x`, `~/x`, `file:///x`. */
function isForeign(written: string): boolean {
  return /^(?:[a-z]:[\\/]|[\\/]|~[\\/]|file:)/i.test(written);
}

function splitPath(written: string): string[] {
  return written
    .trim()
    .replace(/^file:\/+/i, "/")
    .split(/[\\/]+/)
    .filter((part) => part !== "" && part !== ".");
}

function locateAbsolute(root: string, written: string): string | undefined {
  const relative = path.relative(path.resolve(root), path.resolve(root, written.replace(/^file:\/\//i, "")));
  const isInside = relative !== "" && !path.isAbsolute(relative) && relative.split(path.sep)[0] !== "..";
  return isInside ? relative.replaceAll(path.sep, "/") : undefined;
}

function indexNames(files: readonly string[]): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = path.posix.basename(file);
    for (const key of new Set([fold(name), fold(name.replace(/\.[^.]*$/, ""))])) {
      const same = byName.get(key);
      if (same === undefined) byName.set(key, [file]);
      else same.push(file);
    }
  }
  return byName;
}

/**
 * Files with the written name that agree in most folders, from the end. A relative path with folders of its own must
 * agree in one of them (or begin with the data set's own folder): that another file has its name means nothing.
 */
function findByEnd(
  byName: ReadonlyMap<string, readonly string[]>,
  parts: readonly string[],
  nameIsEnough: boolean,
  rootName: string,
  hints: readonly string[],
): readonly string[] {
  const name = parts.at(-1);
  if (name === undefined) return [];
  const same = byName.get(fold(name)) ?? [];
  const shared = (file: string): number => countSharedEnd(file.split("/"), parts);
  const most = Math.max(0, ...same.map(shared));
  const isEnough = nameIsEnough || most >= 2 || (parts.length === 2 && fold(at(parts, 0)) === fold(rootName));
  if (!isEnough) return [];
  const best = same.filter((file) => shared(file) === most);
  const hinted = best.filter((file) =>
    hints.some((hint) => file.split("/").some((folder) => fold(folder) === hint)),
  );
  return hinted.length === 1 ? hinted : best;
}

function countSharedEnd(file: readonly string[], written: readonly string[]): number {
  let count = 1; // the name, with or without its ending
  while (
    count < Math.min(file.length, written.length) &&
    fold(at(file, -1 - count)) === fold(at(written, -1 - count))
  )
    count++;
  return count;
}

function fold(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
