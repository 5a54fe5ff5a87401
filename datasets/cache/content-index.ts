import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { useCacheFile } from "./cache-error.ts";

/** Knows the SHA-256 of files that did not change, so that a second run need not read them. */
export interface ContentIndex {
  /** 64 hexadecimal digits. @throws what the file system throws */
  hash(file: string): Promise<string>;
  /** Remembers what was hashed for the next run; other processes' entries are kept. */
  save(): Promise<void>;
}

const indexSchema = z.record(z.string(), z.tuple([z.string(), z.string()]));

/** Absolute path -> what `stat` said, and the hash. */
type Entries = z.infer<typeof indexSchema>;

/**
 * A file is taken as unchanged while its size, inode, time of modification and time of status change stay the same;
 * the last one changes even where the first are forged. A file that changed within the last two seconds is not
 * remembered: it could change again without a trace, within the file system's resolution of time.
 */
export async function openContentIndex(indexFile: string): Promise<ContentIndex> {
  const known = await readEntries(indexFile);
  const added: Entries = {};
  return {
    async hash(file) {
      const place = path.resolve(file);
      const state = await stat(place, { bigint: true });
      const mark = describeState(state);
      const entry = known[place];
      if (entry?.[0] === mark) return entry[1];
      const hash = await hashContent(place);
      const isSettled =
        BigInt(Date.now()) - (state.ctimeMs > state.mtimeMs ? state.ctimeMs : state.mtimeMs) > 2000n;
      if (isSettled) known[place] = added[place] = [mark, hash];
      return hash;
    },
    async save() {
      if (Object.keys(added).length === 0) return;
      const merged = { ...(await readEntries(indexFile)), ...added };
      await useCacheFile(indexFile, () => writeFileAtomically(indexFile, JSON.stringify(merged)));
    },
  };
}

/** In blocks: of a recording of hours only a block is in memory. */
async function hashContent(file: string): Promise<string> {
  const hash = createHash("sha256");
  const block = Buffer.allocUnsafe(2 ** 16);
  const handle = await open(file);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(block);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

function describeState({ size, ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return [size, ino, mtimeNs, ctimeNs].map(String).join(" ");
}

/** A missing or damaged index is an empty one: it only saves time. */
async function readEntries(indexFile: string): Promise<Entries> {
  const text = await readFile(indexFile, "utf8").catch(() => "{}");
  try {
    return indexSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
