import { existsSync, utimesSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { pruneCache } from "../../../datasets/cache/prune-cache.ts";
import { makeFolder } from "../temporary-folder.ts";

it("removes old entries and the temporary files of killed runs, and nothing else", async () => {
  const folder = makeFolder({
    "graph-1-abc/aa/old.features": "1234",
    "graph-1-abc/aa/new.features": "1234",
    "graph-1-abc/aa/dead.features.1-1.tmp": "12",
    "graph-1-abc/aa/live.features.1-2.tmp": "12",
    "content-index.json": "{}",
    "notes.txt": "",
  });
  const age = (name: string, days: number): void => {
    const time = new Date(Date.now() - days * 86_400_000);
    utimesSync(path.join(folder, name), time, time);
  };
  age("graph-1-abc/aa/old.features", 31);
  age("graph-1-abc/aa/new.features", 29);
  age("graph-1-abc/aa/dead.features.1-1.tmp", 1);
  age("content-index.json", 100);
  age("notes.txt", 100);
  expect(await pruneCache(folder, 30)).toEqual({ removedFiles: 2, removedBytes: 6, keptFiles: 2 });
  expect(existsSync(path.join(folder, "graph-1-abc/aa/new.features"))).toBe(true);
  expect(existsSync(path.join(folder, "content-index.json"))).toBe(true);
  expect(await pruneCache(path.join(folder, "none"), 30)).toMatchObject({ removedFiles: 0 });
});
