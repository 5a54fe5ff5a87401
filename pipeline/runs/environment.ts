import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { hideCredentials } from "../../common/hide-credentials.ts";
import type { Environment } from "../../run-files/stage-files.ts";
import { programFolder } from "../program-folders.ts";

const packageSchema = z.object({ version: z.string() });

/** Name and version of this program, e.g. `earshot 0.1.0`. */
export async function readProgram(): Promise<string> {
  return `earshot ${await readVersion()}`;
}

export async function readVersion(): Promise<string> {
  const text = await readFile(path.join(programFolder, "package.json"), "utf8");
  return packageSchema.parse(JSON.parse(text)).version;
}

/** The machine and the program a run was made with. */
export async function describeEnvironment(): Promise<Environment> {
  return {
    program: await readProgram(),
    command: formatCommand(process.argv.slice(2)),
    revision: await readRevision(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memoryGB: Math.round(os.totalmem() / 2 ** 30),
  };
}

async function readRevision(): Promise<string> {
  const git = promisify(execFile);
  try {
    const { stdout: revision } = await git("git", ["rev-parse", "HEAD"]);
    const { stdout: changes } = await git("git", ["status", "--porcelain", "--untracked-files=no"]);
    return revision.trim() + (changes === "" ? "" : "+changes");
  } catch {
    return "unknown";
  }
}

/** The command line as it can be typed again, without credentials; words with spaces are quoted. */
function formatCommand([stage = "start", ...args]: readonly string[]): string {
  const words = args.map(hideCredentials).map((word) => (/^[\w./:@=,-]+$/.test(word) ? word : `'${word}'`));
  return ["npx earshot", stage, ...words].join(" ");
}
