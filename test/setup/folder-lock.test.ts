import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { holdLock } from "../../setup/folder-lock.mjs";
import { makeTemporaryFolder } from "./temporary-project.ts";

describe("holdLock", () => {
  it("lets one work at a time", async () => {
    await using folder = await makeTemporaryFolder();
    const lock = path.join(folder.path, "locks", "work");
    let working = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++working);
      await new Promise((resolve) => setTimeout(resolve, 10));
      working--;
    };
    await Promise.all([1, 2, 3].map(() => holdLock(lock, "a test", work)));
    expect(most).toBe(1);
    expect(await readdir(path.dirname(lock))).toEqual([]);
  });

  it("gives the lock back when the work fails", async () => {
    await using folder = await makeTemporaryFolder();
    const lock = path.join(folder.path, "work");
    const failing = holdLock(lock, "a test", () => Promise.reject(new Error("no luck")));
    await expect(failing).rejects.toThrow("no luck");
    expect(await holdLock(lock, "a test", () => Promise.resolve("done"))).toBe("done");
  });

  it("takes over the lock of a process that was killed", async () => {
    await using folder = await makeTemporaryFolder();
    const lock = path.join(folder.path, "work");
    await mkdir(lock);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await writeFile(path.join(lock, "pid"), String(pid));
    expect(await holdLock(lock, "a test", () => Promise.resolve("done"))).toBe("done");
  });
});
