import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { isAlive } from "../../setup/folder-lock.mjs";

/**
 * Keeps a run's folder for this process while `work` is done: two trainings in one folder would mix their files. The
 * lock of a process that was killed is taken over. @throws UserError when another process has it
 */
export async function lockRun<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const file = path.join(folder, "lock");
  await takeLock(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function takeLock(file: string): Promise<void> {
  const owner = Number(await readFile(file, "utf8").catch(() => ""));
  if (owner > 0 && owner !== process.pid && isAlive(owner))
    throw new UserError(
      `${path.dirname(file)}: process ${owner} is training this run; wait for it, or name another --run`,
    );
  await rm(file, { force: true });
  await writeFile(file, String(process.pid), { flag: "wx" }).catch((error: unknown) => {
    throw new UserError(`${path.dirname(file)}: another process has just begun to train this run`, {
      cause: error,
    });
  });
}
