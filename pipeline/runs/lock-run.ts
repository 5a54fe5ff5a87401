import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { describeOwner, tryLock } from "../../setup/folder-lock.mjs";

/**
 * Keeps a run's folder for this process while `work` is done: two trainings in one folder would mix their files. The
 * lock of a process that was killed is taken over. @throws UserError when another process has it
 */
export async function lockRun<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const lock = path.join(folder, "lock");
  const { release, owner } = await tryLock(lock);
  if (release === undefined)
    throw new UserError(
      `${folder}: ${describeOwner(owner)} is training this run; wait for it, or name another --run; ` +
        `if it is not at work, remove ${lock}`,
    );
  try {
    return await work();
  } finally {
    await release();
  }
}
