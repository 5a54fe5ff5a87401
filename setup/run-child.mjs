import { spawn } from "node:child_process";

/**
 * Runs a program with this terminal's input and output, and waits for it.
 *
 * Ctrl-C in a terminal reaches the child by itself, because it is in the same process group; sent again, it would
 * count as the second Ctrl-C that many programs take for "now". Without a terminal it is passed on.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
export function runChild(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", ...options });
    const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
      const forward = () => {
        if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
      };
      process.on(signal, forward);
      return () => process.off(signal, forward);
    });
    const stopListening = () => handlers.forEach((stop) => stop());
    child.on("error", (error) => {
      stopListening();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      stopListening();
      resolve({ code, signal });
    });
  });
}

/**
 * Ends this process as its child ended: the same code, or the same signal.
 *
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} ending
 */
export function exitLike({ code, signal }) {
  if (signal === null) process.exitCode = code ?? 1;
  else process.kill(process.pid, signal);
}
