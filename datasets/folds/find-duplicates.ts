import { createHash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { forEachConcurrently } from "../for-each-concurrently.ts";
import type { FoundClip } from "../readers/reader.ts";
import { groupBy } from "./group-by.ts";

const probeBytes = 4096;

/**
 * Groups of files with the same bytes. Only files that agree in size and in a few kilobytes of their middle are read
 * whole; files that cannot be read count as different.
 */
export async function findDuplicates(files: readonly string[]): Promise<string[][]> {
  const keys = new Map(files.map((file) => [file, file])); // in the files' order, not in that of finishing
  await forEachConcurrently(files, 16, async (file) => {
    keys.set(file, await probe(file).catch(() => file));
  });
  const duplicates: string[][] = [];
  for (const alike of groupBy(keys, ([, key]) => key).values()) {
    if (alike.length < 2) continue;
    const hashed: { file: string; hash: string }[] = [];
    for (const [file] of alike) hashed.push({ file, hash: await hashFile(file) });
    for (const same of groupBy(hashed, ({ hash }) => hash).values()) {
      if (same.length > 1) duplicates.push(same.map(({ file }) => file));
    }
  }
  return duplicates;
}

/**
 * Makes clips of files with the same bytes one recording, so that they stay in one fold.
 * @param duplicates groups of paths, of `findDuplicates`
 */
export function joinDuplicates(
  clips: readonly FoundClip[],
  duplicates: readonly (readonly string[])[],
): FoundClip[] {
  const joined = new Map<string, string>(); // a recording -> the one it belongs to
  const find = (source: string): string => {
    const next = joined.get(source);
    return next === undefined ? source : find(next);
  };
  const groupOf = new Map(duplicates.flatMap((paths, group) => paths.map((path) => [path, group] as const)));
  const firstOf = new Map<number, string>();
  for (const { path, source } of clips) {
    const group = groupOf.get(path);
    if (group === undefined) continue;
    const first = find(firstOf.get(group) ?? source);
    firstOf.set(group, first);
    if (find(source) !== first) joined.set(find(source), first);
  }
  return clips.map((clip) => ({ ...clip, source: find(clip.source) }));
}

async function probe(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size === 0) return file; // empty files are refused later, each by its name
  const handle = await open(file);
  try {
    const middle = Buffer.alloc(probeBytes);
    await handle.read(middle, 0, probeBytes, Math.max(0, Math.floor((size - probeBytes) / 2)));
    return `${size} ${createHash("sha256").update(middle).digest("hex")}`;
  } finally {
    await handle.close();
  }
}

async function hashFile(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
