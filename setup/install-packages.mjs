import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { holdLock } from "./folder-lock.mjs";
import { runChild } from "./run-child.mjs";

/** Written last, so that an install that was cut short leaves none. */
const stampName = ".earshot-installed";

/**
 * Installs the locked packages unless they are there already. The usual case, nothing to do, costs one hash.
 *
 * @param {string} root the project's folder
 * @returns {Promise<"present" | "installed">}
 * @throws {Error} when npm fails
 */
export async function installPackages(root) {
  if (await isStamped(root)) return "present";
  return holdLock(path.join(root, ".cache", "locks", "install"), "installing packages", async () => {
    if (await isStamped(root)) return "present";
    if (await matchesLock(root)) {
      await writeStamp(root);
      return "present";
    }
    await runInstall(root);
    await writeStamp(root);
    return "installed";
  });
}

/** @param {string} root */
export async function isStamped(root) {
  try {
    return (await readFile(stampPath(root), "utf8")) === (await hashLock(root));
  } catch {
    return false;
  }
}

/**
 * Whether node_modules already holds what the lock file asks for, by npm's own record, which npm writes when an
 * install has finished: someone ran `npm install` by hand, and a second install would only cost a minute.
 *
 * @param {string} root
 */
export async function matchesLock(root) {
  const wanted = await readPackages(path.join(root, "package-lock.json"));
  const found = await readPackages(path.join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || found === undefined) return false;
  delete wanted[""]; // the project itself
  const same = Object.entries(wanted).every(([name, entry]) => {
    const other = found[name];
    if (other === undefined) return entry.optional === true;
    return other.version === entry.version && other.integrity === entry.integrity;
  });
  return same && Object.keys(found).every((name) => name in wanted);
}

/** @param {string} root */
async function runInstall(root) {
  await rm(stampPath(root), { force: true });
  const count = Object.keys((await readPackages(path.join(root, "package-lock.json"))) ?? {}).length;
  console.error(`Installing ${count} packages with npm ci (350 MB to download, 1 GB on disk) ...`);
  const begin = Date.now();
  const ticker = setInterval(() => {
    console.error(`  npm ci: ${Math.round((Date.now() - begin) / 1000)} s`);
  }, 10_000);
  const ending = await runNpm(["ci", "--include=dev", "--no-audit", "--no-fund"], root).finally(() =>
    clearInterval(ticker),
  );
  if (ending.code !== 0) {
    throw new Error(
      `npm ci failed (${ending.signal ?? `exit code ${ending.code}`}): its own message is above`,
    );
  }
  console.error(`Installed in ${Math.round((Date.now() - begin) / 1000)} s.`);
}

/**
 * npm is a JavaScript program: run by this Node, it needs no shell, on Windows too.
 *
 * @param {readonly string[]} args
 * @param {string} root
 */
function runNpm(args, root) {
  const script = findNpm();
  if (script !== undefined) return runChild(process.execPath, [script, ...args], { cwd: root });
  return runChild("npm", args, { cwd: root, shell: process.platform === "win32" });
}

function findNpm() {
  const nodeFolder = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath, // set when npm started us
    path.join(nodeFolder, "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(nodeFolder, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  return candidates.find(
    (file) => file !== undefined && path.basename(file) === "npm-cli.js" && existsSync(file),
  );
}

/** @param {string} root */
async function writeStamp(root) {
  await writeFile(stampPath(root), await hashLock(root));
}

/** @param {string} root */
function stampPath(root) {
  return path.join(root, "node_modules", stampName);
}

/** @param {string} root */
async function hashLock(root) {
  return createHash("sha256")
    .update(await readFile(path.join(root, "package-lock.json")))
    .digest("hex");
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined>}
 */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
