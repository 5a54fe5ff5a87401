import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { lockRun } from "../../../pipeline/runs/lock-run.ts";
import { makeFolder } from "../../datasets/temporary-folder.ts";

it("lets one process at a time into a run's folder, and takes over from one that was killed", async () => {
  const folder = makeFolder();
  const lock = path.join(folder, "lock");
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(other, "spawn");
  await writeFile(lock, String(other.pid));
  await expect(lockRun(folder, () => Promise.resolve())).rejects.toThrow(
    `process ${other.pid ?? ""} is training this run`,
  );
  other.kill("SIGKILL");
  await once(other, "exit");
  expect(await lockRun(folder, () => Promise.resolve(existsSync(lock)))).toBe(true);
  expect(existsSync(lock)).toBe(false);
  await expect(lockRun(folder, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(existsSync(lock)).toBe(false);
});
