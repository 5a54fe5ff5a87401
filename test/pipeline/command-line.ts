import { spawn } from "node:child_process";
import path from "node:path";

const project = path.resolve(import.meta.dirname, "..", "..");

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line, as `npm run <stage> -- …` does after set-up, in a folder that holds its runs and cache. */
export function runCommand(folder: string, ...args: string[]): Promise<Ending> {
  return startCommand(folder, ...args).ending;
}

/** As `runCommand`, with a way to end it early. */
export function startCommand(folder: string, ...args: string[]) {
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), path.join(project, "pipeline", "stages", "cli.ts"), ...args],
    { cwd: folder, env: { ...process.env, TSX_TSCONFIG_PATH: path.join(project, "tsconfig.json") } },
  );
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
