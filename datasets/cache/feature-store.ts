import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Clip } from "../dataset.ts";
import type { ClipFeatures } from "../extraction/extract-clips.ts";
import { useCacheFile } from "./cache-error.ts";
import { decodeFeatureEntry, encodeFeatureEntry, type FeatureEntry } from "./feature-entry.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";

/** Why there is no entry: never written, or not what was written (a flipped byte, half a file). */
export type NoEntry = "missing" | "damaged";

/** The cache's files: one per window, named by content and range. */
export interface FeatureStore {
  read(contentHash: string, range: Clip["range"], window: number): Promise<FeatureEntry | NoEntry>;
  /** Replaces all windows of a clip. */
  write(contentHash: string, range: Clip["range"], features: ClipFeatures): Promise<void>;
}

/** @param folder holds the entries of one extractor and extraction config */
export function createFeatureStore(folder: string): FeatureStore {
  const locate = (contentHash: string, range: Clip["range"], window: number): string => {
    const part = range === undefined ? "" : `-${range.startSeconds}-${range.endSeconds}`;
    return path.join(folder, contentHash.slice(0, 2), `${contentHash}${part}-${window}.features`);
  };
  return {
    read: (contentHash, range, window) => readEntry(locate(contentHash, range, window)),
    write: async (contentHash, range, { facts, windows }) => {
      for (const [window, features] of windows.entries()) {
        const bytes = encodeFeatureEntry({ facts, windows: windows.length, features });
        const file = locate(contentHash, range, window);
        await useCacheFile(file, () => writeFileAtomically(file, bytes));
      }
    },
  };
}

async function readEntry(file: string): Promise<FeatureEntry | NoEntry> {
  try {
    return decodeFeatureEntry(await useCacheFile(file, () => readFile(file))) ?? "damaged";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "missing";
    throw error;
  }
}
