import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { holdLock, tryLock } from "../../setup/folder-lock.mjs";
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

  it.each([
    ["none", undefined],
    ["a killed owner", { pid: spawnSync(process.execPath, ["-e", ""]).pid }],
    ["an owner whose process id another process has now", { pid: process.pid, start: "1" }],
    ["an owner of the boot before", { pid: process.pid, boot: "another boot" }],
    ["a torn file, as a power cut leaves it", ""],
    ["no file, as a process killed between two steps of an earlier version leaves it", null],
    ["a process id alone, as an earlier version wrote it", spawnSync(process.execPath, ["-e", ""]).pid],
  ])("is taken where it has %s", async (_, left) => {
    await using folder = await makeTemporaryFolder();
    const lock = path.join(folder.path, "work");
    if (left !== undefined) await mkdir(lock);
    if (left !== undefined && left !== null)
      await writeFile(path.join(lock, "0123456789abcdef"), left === "" ? "" : JSON.stringify(left));
    const { release, owner } = await tryLock(lock);
    expect(owner).toBeUndefined();
    expect((await tryLock(lock)).owner).toMatchObject({ pid: process.pid });
    await release?.();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it.each([
    ["this very process", undefined],
    ["a process on another host, which cannot be asked", { pid: 1, host: `not ${hostname()}` }],
  ])("stays with %s", async (_, left) => {
    await using folder = await makeTemporaryFolder();
    const lock = path.join(folder.path, "work");
    if (left === undefined) await tryLock(lock);
    else {
      await mkdir(lock);
      await writeFile(path.join(lock, "0123456789abcdef"), JSON.stringify(left));
    }
    const before = await readFile(path.join(lock, (await readdir(lock))[0] ?? ""), "utf8");
    expect((await tryLock(lock)).release).toBeUndefined();
    expect(await readFile(path.join(lock, (await readdir(lock))[0] ?? ""), "utf8")).toBe(before);
  });

  const childOutput = z.object({ held: z.int(), broken: z.int() });

  it("is held by one process at a time, however closely several try, after a killed owner too", async () => {
    await using folder = await makeTemporaryFolder();
    const lock = path.join(folder.path, "work");
    await mkdir(lock);
    await writeFile(path.join(lock, "0123456789abcdef"), JSON.stringify({ pid: process.pid, start: "1" }));
    const program = fileURLToPath(new URL("lock-child.mjs", import.meta.url));
    const startsAt = String(Date.now() + 1500);
    const children = [1, 2, 3].map(async () => {
      const args = [program, lock, path.join(folder.path, "inside"), startsAt, "150"];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const ending = once(child, "close");
      const output = await text(child.stdout);
      await ending;
      return childOutput.parse(JSON.parse(output));
    });
    const outcomes = await Promise.all(children);
    expect(outcomes.map(({ broken }) => broken)).toEqual([0, 0, 0]);
    expect(outcomes.reduce((sum, { held }) => sum + held, 0)).toBeGreaterThan(150);
    expect(await readdir(folder.path)).toEqual([]);
  });
});
