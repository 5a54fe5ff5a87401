import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The name in the built service worker that the list of files takes the place of. */
export const fileListName = "__EARSHOT_FILES__";
export const serviceWorkerFile = "service-worker.js";

/** Fetched, and kept, only when it is asked for. */
const onDemand = /asyncify|^parity|^preview|^_headers$|\.map$/;

/** A file of the built page: its address relative to the page, and what is in it. */
export type PageFile = readonly [address: string, content: string | Uint8Array];

/** The list of all files that the page needs, with a version that changes when one of them does. */
export function listPageFiles(all: readonly PageFile[]): { version: string; files: string[] } {
  const kept = all.filter(
    ([name]) => !onDemand.test(path.posix.basename(name)) && name !== serviceWorkerFile,
  );
  const hash = createHash("sha256");
  for (const [name, content] of kept) hash.update(name).update(content);
  const files = kept.map(([name]) => (name === "index.html" ? "./" : name)).sort();
  return { version: hash.digest("hex").slice(0, 16), files };
}

/** Everything below a folder, in the order of the names. */
export function readPageFiles(folder: string): PageFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [path.relative(folder, file).split(path.sep).join("/"), readFileSync(file)]);
}
