import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

export interface PruneResult {
  readonly removedFiles: number;
  readonly removedBytes: number;
  readonly keptFiles: number;
}

const temporaryAgeMs = 3_600_000;

/**
 * Removes what the feature cache need not keep: entries that no run has read or written for `unusedDays`, and
 * temporary files of runs that were killed. Another run may go on meanwhile: what it misses, it computes again.
 * @param folder of `createFeatureCache`
 * @param unusedDays by the time of last access; on disks mounted with `noatime`, of writing
 */
export async function pruneCache(folder: string, unusedDays: number): Promise<PruneResult> {
  const now = Date.now();
  let removedFiles = 0;
  let removedBytes = 0;
  let keptFiles = 0;
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const name of names) {
    const isEntry = name.endsWith(".features");
    if (!isEntry && !name.endsWith(".tmp")) continue;
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) continue; // another run has renamed or removed it
    const ageMs = now - Math.max(found.mtimeMs, found.atimeMs);
    if (ageMs < (isEntry ? unusedDays * 86_400_000 : temporaryAgeMs)) {
      keptFiles++;
      continue;
    }
    await rm(file, { force: true });
    removedFiles++;
    removedBytes += found.size;
  }
  return { removedFiles, removedBytes, keptFiles };
}
