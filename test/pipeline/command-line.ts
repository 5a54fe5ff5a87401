import { spawn } from "node:child_process";
import path from "node:path";
import { makeCompiledTool } from "./compiled-tool.ts";

const program = path.join(await makeCompiledTool(), "cli.js");

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line, as `npx earshot <stage> …` does, in a folder that holds its runs and cache. */
export function runCommand(folder: string, ...args: string[]): Promise<Ending> {
  return startCommand(folder, ...args).ending;
}

/** As `runCommand`, with a way to end it early. */
export function startCommand(folder: string, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, EARSHOT_CACHE: path.join(folder, ".cache") },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ending = new Promise<Ending>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  return { child, ending };
}
