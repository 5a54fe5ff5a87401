import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/*
 * A lock is a folder that holds one file, named by a random token, which says who owns it. It appears whole, because
 * it is made beside its place and renamed, and a rename over a folder that is not empty fails: of several processes
 * one wins. A dead owner's lock is emptied by removing the file with that owner's token, which can hit no other
 * owner, and the empty folder is free. So a process that is killed between any two of these steps blocks nobody.
 * A live owner is told from another process with the same id by its start, and from one before a restart of the
 * machine by the kernel's boot id. Plain JavaScript without dependencies: packages are installed under this lock.
 */

/**
 * @typedef {object} Owner
 * @property {number} pid
 * @property {string} [start] when the process started, as the system says it
 * @property {string} [boot] of the machine, so that starts of two boots are not compared
 * @property {string} [host]
 */

const retryMs = 250;

/** Attempts at a lock that seems free and cannot be had, as in a folder without the right to write. */
const maxAttempts = 100;

/** After this a claim without an owner is what a killed process left; a live one names its owner within microseconds. */
const emptyClaimMs = 60_000;

/**
 * Runs `work` while holding the lock `folder`; waits for another process that holds it.
 *
 * @template Result
 * @param {string} folder
 * @param {string} subject what is being waited for, for the message
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function holdLock(folder, subject, work) {
  let isWaiting = false;
  for (;;) {
    const { release, owner } = await tryLock(folder);
    if (release !== undefined) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (!isWaiting)
      console.error(
        `Waiting for ${describeOwner(owner)} to finish ${subject}; if it is not at work, remove ${folder}`,
      );
    isWaiting = true;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/**
 * Takes the lock `folder`, or says who has it. The parent folder is made.
 *
 * @param {string} folder
 * @returns {Promise<{ release: () => Promise<void>, owner?: undefined } | { release?: undefined, owner: Owner }>}
 */
export async function tryLock(folder) {
  await mkdir(path.dirname(folder), { recursive: true });
  const token = randomBytes(8).toString("hex");
  const claim = `${folder}.${token}`;
  await mkdir(claim);
  try {
    await writeFile(path.join(claim, token), JSON.stringify(await describeThisProcess()));
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      if (await tryRename(claim, folder)) {
        await removeDeadClaims(folder);
        return { release: () => releaseLock(folder, token) };
      }
      const owner = await findLiveOwner(folder);
      if (owner !== undefined) return { owner };
    }
    throw new Error(`${folder}: expected a lock that can be taken or has an owner, got neither; remove it`);
  } finally {
    await rm(claim, { recursive: true, force: true });
  }
}

/** `process 1234 on studio`, for messages. @param {Owner} owner */
export function describeOwner({ pid, host }) {
  return `process ${pid}${host === undefined || host === os.hostname() ? "" : ` on ${host}`}`;
}

/**
 * @param {string} claim
 * @param {string} folder
 */
async function tryRename(claim, folder) {
  try {
    await rename(claim, folder);
    return true;
  } catch (error) {
    // ENOTDIR: the lock of an earlier version, a file.
    if (["EEXIST", "ENOTEMPTY", "ENOTDIR"].includes(error.code)) return false;
    if (process.platform === "win32" && ["EPERM", "EACCES"].includes(error.code)) {
      await rmdir(folder).catch(() => undefined); // Windows renames over no folder, an empty one neither
      return false;
    }
    throw error;
  }
}

/**
 * The process that holds the lock; undefined when it is free, which a dead owner's lock becomes here.
 *
 * @param {string} folder
 * @returns {Promise<Owner | undefined>}
 */
async function findLiveOwner(folder) {
  for (const { file, owner } of await readOwners(folder)) {
    if (owner !== undefined && (await isAtWork(owner))) return owner;
    await unlink(file).catch(() => undefined); // another one was faster
  }
  return undefined;
}

/**
 * The files of a lock: one, or none when it has just been released.
 *
 * @param {string} folder or the file that a lock of an earlier version is
 * @returns {Promise<{ file: string, owner: Owner | undefined }[]>}
 */
async function readOwners(folder) {
  const names = await readdir(folder).catch((error) => (error.code === "ENOTDIR" ? [""] : []));
  const owners = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) owners.push({ file, owner: parseOwner(text) });
  }
  return owners;
}

/** Claims of processes that were killed before their rename. @param {string} folder */
async function removeDeadClaims(folder) {
  const parent = path.dirname(folder);
  const claims = (await readdir(parent).catch(() => [])).filter(
    (name) => name.startsWith(`${path.basename(folder)}.`) && /\.[0-9a-f]{16}$/.test(name),
  );
  for (const name of claims) {
    const claim = path.join(parent, name);
    const [first] = await readOwners(claim);
    const { mtimeMs } = await stat(claim).catch(() => ({ mtimeMs: Date.now() }));
    const isDead =
      first?.owner === undefined ? Date.now() - mtimeMs > emptyClaimMs : !(await isAtWork(first.owner));
    if (isDead) await rm(claim, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} token
 */
async function releaseLock(folder, token) {
  await unlink(path.join(folder, token)).catch(() => undefined); // removed by hand
  await rmdir(folder).catch(() => undefined); // another process has it already
}

/**
 * Undefined for a file that is torn: its writer died with the machine.
 *
 * @param {string} text JSON, or the process id alone, as earlier versions wrote it
 * @returns {Owner | undefined}
 */
function parseOwner(text) {
  try {
    const value = JSON.parse(text);
    const owner = typeof value === "number" ? { pid: value } : value;
    return Number.isInteger(owner?.pid) && owner.pid > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the very process that took the lock lives; of one on another host that cannot be known. @param {Owner} owner */
async function isAtWork({ pid, start, boot, host }) {
  if (host !== undefined && host !== os.hostname()) return true;
  if (!isAlive(pid)) return false;
  if (boot !== undefined && boot !== (await readBootId())) return false;
  return start === undefined || start === (await readStart(pid));
}

/** @returns {Promise<Owner>} */
async function describeThisProcess() {
  return {
    pid: process.pid,
    start: await readStart(process.pid),
    boot: await readBootId(),
    host: os.hostname(),
  };
}

/** Linux's name of this run of the machine; elsewhere a start is a date, which needs none. */
async function readBootId() {
  const id = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
  return id?.trim();
}

/**
 * When a process started: on Linux in ticks since the boot (field 22 of proc_pid_stat(5)), elsewhere as `ps` says it;
 * undefined on Windows, where a process id alone must do.
 *
 * @param {number} pid
 * @returns {Promise<string | undefined>}
 */
async function readStart(pid) {
  if (process.platform === "win32") return undefined;
  if (process.platform === "linux") {
    const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    // The second field, the program's name in brackets, may hold spaces and brackets; the third is the state.
    const [state, ...fields] = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
    return state === "Z" || state === "X" ? undefined : fields[18]; // a zombie has ended
  }
  const answer = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => undefined);
  return answer?.stdout.trim();
}

/**
 * Signal 0 only asks whether the process is there.
 *
 * @param {number} processId
 */
function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
