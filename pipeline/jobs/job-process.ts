/**
 * One job, in a process of its own, started by queue/job-process.ts, which sends the job over the channel. It reports its
 * epochs there, and saves and stops when told to, or when its parent is gone. The job's folder on its command line is
 * for people who list processes.
 */
import process from "node:process";
import { UserError } from "../../common/user-error.ts";
import type { JobMessage } from "../../queue/job-process.ts";
import { jobSchema, type TrainJob } from "../../queue/job-runner.ts";
import { openRun } from "../runs/run-folder.ts";
import { predictChunk } from "./predict-chunk.ts";
import { trainRun } from "./train-run.ts";

const report = (message: JobMessage): void => {
  if (process.connected) process.send?.(message);
};

const interruption = new AbortController();
const stop = (): void => {
  interruption.abort();
};
/** The first message is the job, any other one says stop. */
const job = new Promise<unknown>((resolve) => {
  process.once("message", (message) => {
    resolve(message);
    process.on("message", stop);
  });
});
process.on("disconnect", stop);
// Ctrl-C reaches the whole group: the parent decides.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);

async function train({ folder, tensorboard, trainedFolders }: TrainJob): Promise<void> {
  await trainRun(await openRun(folder), {
    tensorboard,
    trainedFolders,
    onEvent: (event) => {
      if (event.kind !== "epoch") return;
      const { epoch, trainLoss, seconds } = event.metrics;
      const secondsLeft = seconds * (event.epochs - epoch);
      report({ kind: "progress", done: epoch, total: event.epochs, loss: trainLoss, secondsLeft });
    },
    signal: interruption.signal,
  });
}

async function predict(folder: string): Promise<void> {
  const startedMs = performance.now();
  await predictChunk(folder, {
    onProgress: (done, total) => {
      const secondsLeft = (((performance.now() - startedMs) / 1000) * (total - done)) / done;
      report({ kind: "progress", done, total, secondsLeft });
    },
    signal: interruption.signal,
  });
}

try {
  const parsed = jobSchema.parse(await job);
  if (parsed.kind === "train") await train(parsed);
  else await predict(parsed.folder);
} catch (error) {
  report({
    kind: "failure",
    message:
      error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error),
  });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
