import { execFile } from "node:child_process";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { writeRecording } from "../growth/write-sounds.ts";

const runFile = promisify(execFile);

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/**
 * Runs commands in a new folder with package caches of its own, which start empty.
 * @param listCommands what installs and then answers, for a WAV file of 5 s
 */
export async function timeInstallation(
  listCommands: (clip: string) => readonly Command[],
): Promise<Record<string, number[]>> {
  const outside = await mkdtemp(path.join(tmpdir(), "earshot-install-"));
  const folder = path.join(outside, "installed");
  const clip = path.join(outside, "clip.wav");
  try {
    await writeRecording(clip, 5);
    const env = {
      ...process.env,
      npm_config_cache: path.join(outside, "npm"),
      PIP_CACHE_DIR: path.join(outside, "pip"),
    };
    const start = performance.now();
    for (const [program, ...args] of listCommands(clip)) {
      const cwd = args.includes(folderArgument) ? outside : folder;
      const named = args.map((argument) => (argument === folderArgument ? folder : argument));
      await runFile(program, named, { cwd, env, maxBuffer: 2 ** 26 });
    }
    const seconds = (performance.now() - start) / 1000;
    return { "s to the first answer": [seconds], "MB on disk": [(await countBytes(folder)) / 1e6] };
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
}

/** Stands for the new folder, in the command that makes it. */
export const folderArgument = "FOLDER";

async function countBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isFile()) bytes += (await lstat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
