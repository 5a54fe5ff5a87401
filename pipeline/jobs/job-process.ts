/**
 * One job of a list, in a process of its own: `job-process.ts <run folder> [tensorboard]`, started by run-jobs.ts. It reports its epochs
 * over the channel to its parent, and saves and stops when told to, or when the parent is gone.
 */
import process from "node:process";
import { UserError } from "../../common/user-error.ts";
import type { JobMessage } from "./run-jobs.ts";
import { openRun } from "../runs/run-folder.ts";
import { trainRun } from "./train-run.ts";

const report = (message: JobMessage): void => {
  if (process.connected) process.send?.(message);
};

const interruption = new AbortController();
const stop = (): void => {
  interruption.abort();
};
process.on("message", stop).on("disconnect", stop);
// Ctrl-C reaches the whole group: the parent decides.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);

try {
  const [folder = "", events] = process.argv.slice(2);
  await trainRun(await openRun(folder), {
    tensorboard: events === "tensorboard",
    onEvent: (event) => {
      if (event.kind === "epoch") report({ kind: "epoch", epoch: event.metrics.epoch, epochs: event.epochs });
    },
    signal: interruption.signal,
  });
} catch (error) {
  report({
    kind: "failure",
    message:
      error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error),
  });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
