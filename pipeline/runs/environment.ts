import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { promisify } from "node:util";
import * as z from "zod";
import { hideCredentials } from "../../common/hide-credentials.ts";
import type { Environment } from "../../run-files/stage-files.ts";

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** Name and version of this program, e.g. `earshot 0.1.0`. */
export async function readProgram(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const { name, version } = packageSchema.parse(JSON.parse(text));
  return `${name} ${version}`;
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

/** The command line as typed after set-up, without credentials; words with spaces are quoted. */
function formatCommand([stage = "start", ...args]: readonly string[]): string {
  const words = args.map(hideCredentials).map((word) => (/^[\w./:@=,-]+$/.test(word) ? word : `'${word}'`));
  return ["npm run", stage, ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
}
