import { type ChildProcess, spawn } from "node:child_process";

const running = new Set<ChildProcess>();

/** Ends the programs that still run, when this process has to end. */
export function stopPrograms(): void {
  for (const child of running) child.kill();
}

/**
 * Runs a program to its end; what it prints is kept for the error, or shown as it comes.
 *
 * @throws {Error} with the last lines that it printed, when it cannot start or ends with anything but 0
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { show = false }: { show?: boolean } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", show ? 2 : "pipe", show ? 2 : "pipe"] });
    running.add(child);
    const printed: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => printed.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => printed.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(child);
      if (code === 0) {
        resolve();
        return;
      }
      const last = Buffer.concat(printed).toString("utf8").trimEnd().split("\n").slice(-5).join("\n");
      reject(new Error(`${command} ended with ${signal ?? String(code)}${last === "" ? "" : `:\n${last}`}`));
    });
  });
}
