import { UserError } from "../../common/user-error.ts";

/** The cache cannot be used: no fault of the sounds, so that no clip is left out for it. */
export class CacheError extends UserError {}

/** What the file system says, what it means for the cache, and what repairs it. */
const causes = {
  ENOSPC: "no space left on the disk; free some, or remove unused features with npx earshot data --prune",
  EDQUOT:
    "no space left in the user's quota; free some, or remove unused features with npx earshot data --prune",
  EISDIR: "a folder in its place; remove it",
  ENOTEMPTY: "a folder in its place; remove it",
  ENOTDIR: "a file in the place of one of its folders; remove it",
  EEXIST: "a file in the place of one of its folders; remove it",
  EACCES: "no right to use it",
  EPERM: "no right to use it",
  EROFS: "a disk that cannot be written",
} as const;

/**
 * Reads or writes one file of the cache.
 * @throws CacheError that names the file, where it is the cache that cannot be used
 */
export async function useCacheFile<Result>(file: string, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const cause = Object.entries(causes).find(([known]) => known === code)?.[1];
    if (cause === undefined) throw error;
    throw new CacheError(`${file}: expected a file of the feature cache, got ${cause}`, { cause: error });
  }
}
