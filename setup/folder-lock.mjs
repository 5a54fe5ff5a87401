import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const retryMs = 250;

/**
 * Runs `work` while holding the lock `folder`, so that two set-ups at once do not write over each other.
 * Making a folder is atomic on every file system. A lock whose owner has died is taken over.
 *
 * @template Result
 * @param {string} folder
 * @param {string} subject what is being waited for, for the message
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function holdLock(folder, subject, work) {
  await mkdir(path.dirname(folder), { recursive: true });
  let told = false;
  while (!(await tryMakeFolder(folder))) {
    const owner = await readOwner(folder);
    if (owner !== undefined && !isAlive(owner)) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) {
      console.error(
        `Waiting for another process${owner ? ` (${owner})` : ""} to finish ${subject}; lock: ${folder}`,
      );
      told = true;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  try {
    await writeFile(path.join(folder, "pid"), String(process.pid));
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function tryMakeFolder(folder) {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * The process id of the lock's owner; undefined in the instant between making the folder and writing its name.
 *
 * @param {string} folder
 */
async function readOwner(folder) {
  try {
    const owner = Number(await readFile(path.join(folder, "pid"), "utf8"));
    return Number.isInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Signal 0 only asks whether the process is there.
 *
 * @param {number} processId
 */
export function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
