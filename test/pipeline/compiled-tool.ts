import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { glob } from "tinyglobby";
import { buildPage } from "../../pipeline/page/write-site.ts";
import { bundleTool } from "../../setup/bundle-tool.ts";
import { projectFolder } from "../../setup/run-tool.ts";

/** All that the command is made of. */
const sources = ["*/**/*.{ts,mjs,css,js,json}", "package.json", "package-lock.json"];
const others = ["{test,docs,examples,packages,results,runs,dist,coverage}/**", "**/node_modules/**"];

const cache = path.join(projectFolder, ".cache");

/** The first 16 hexadecimal digits of a SHA-256 over all sources: what is made of them is kept under this name. */
export async function hashSources(): Promise<string> {
  const files = await glob(sources, { cwd: projectFolder, ignore: others });
  const hash = createHash("sha256");
  for (const file of files.sort())
    hash.update(`${file}\n`).update(await readFile(path.join(projectFolder, file)));
  return hash.digest("hex").slice(0, 16);
}

/** Removes from `.cache` what was made of sources of another day: no test uses it any more. */
export async function removeOld(prefix: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const folder = path.join(cache, name);
    const isOld = Date.now() - (await stat(folder)).mtimeMs > 24 * 3600 * 1000;
    if (name.startsWith(prefix) && isOld) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The command as the package holds it, compiled, in a folder that is named by its sources: it starts in a fifth of the
 * processor time that it takes from source, and it is what users run. Made once for all tests, and again after changes.
 * @returns the folder with `cli.js`, `worker.js` and the other programs
 */
export function makeCompiledTool(): Promise<string> {
  // In a clone tfjs-node trains, which needs the very copy of TF.js that the command has.
  return makeOnce("tool-", "cli.js", (folder) => bundleTool(folder, ["@tensorflow/tfjs"]));
}

/** The page as the package holds it, without a model. Made once, as the command is. */
export function makeBuiltPage(): Promise<string> {
  return makeOnce("page-", "index.html", buildPage);
}

/** In `.cache`, two levels below the project, as dist/tool/ is. @param last file without which the folder is not whole */
async function makeOnce(
  prefix: string,
  last: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = path.join(cache, `${prefix}${await hashSources()}`);
  if (existsSync(path.join(folder, last))) return folder;
  await mkdir(cache, { recursive: true });
  await removeOld(prefix);
  const temporary = await mkdtemp(path.join(cache, `${prefix}making-`));
  await make(temporary);
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true })); // another process was faster
  return folder;
}
