import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { glob } from "tinyglobby";
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
export async function makeCompiledTool(): Promise<string> {
  // Two levels below the project, as dist/tool/ is.
  const folder = path.join(cache, `tool-${await hashSources()}`);
  if ((await glob("cli.js", { cwd: folder })).length === 1) return folder;
  await mkdir(cache, { recursive: true });
  await removeOld("tool-");
  const temporary = await mkdtemp(path.join(cache, "tool-making-"));
  // In a clone tfjs-node trains, which needs the very copy of TF.js that the command has.
  await bundleTool(temporary, ["@tensorflow/tfjs"]);
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true })); // another process was faster
  return folder;
}
