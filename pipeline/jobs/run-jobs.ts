import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const messageSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("epoch"), epoch: z.int(), epochs: z.int() }),
  z.strictObject({ kind: z.literal("failure"), message: z.string() }),
]);

/** What a job's process sends to its parent. */
export type JobMessage = z.infer<typeof messageSchema>;

interface JobProgress {
  readonly folder: string;
  /** Of its epochs, how many are done: 0 to 1. */
  readonly fraction: number;
}

interface JobsOptions {
  /** Processes at a time. */
  readonly parallel: number;
  readonly tensorboard: boolean;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onDone: (folder: string) => void;
  /** Aborted: running jobs save and stop, no other one starts. */
  readonly signal: AbortSignal;
}

export interface FailedJob {
  readonly folder: string;
  readonly message: string;
}

/**
 * Trains the jobs of the given run folders, each in a process of its own: a job leaks nothing into the next one, and
 * needs nothing but its folder's config.json and the feature cache. One that fails does not stop the others.
 * @returns the jobs that failed
 */
export async function runJobs(folders: readonly string[], options: JobsOptions): Promise<FailedJob[]> {
  const waiting = [...folders];
  const failed: FailedJob[] = [];
  const work = async (): Promise<void> => {
    for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
      if (options.signal.aborted) return;
      const message = await runJobProcess(folder, options);
      if (message === undefined) options.onDone(folder);
      else failed.push({ folder, message });
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
  return failed;
}

const program = fileURLToPath(new URL("job-process.ts", import.meta.url));

/** @returns why the job failed, or undefined */
async function runJobProcess(
  folder: string,
  { tensorboard, onProgress, signal }: JobsOptions,
): Promise<string | undefined> {
  const child = fork(program, [folder, ...(tensorboard ? ["tensorboard"] : [])], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const stop = (): void => {
    if (child.connected) child.send("stop");
  };
  signal.addEventListener("abort", stop, { once: true });
  let failure: string | undefined;
  let errors = "";
  child.stderr?.on("data", (text: Buffer) => {
    errors = (errors + text.toString()).slice(-2000);
  });
  child.on("message", (value) => {
    const message = messageSchema.parse(value);
    if (message.kind === "failure") failure = message.message;
    else onProgress({ folder, fraction: message.epoch / message.epochs });
  });
  return await new Promise((resolve) => {
    child.on("error", (error) => {
      failure ??= error.message;
    });
    child.on("close", (code, reason) => {
      signal.removeEventListener("abort", stop);
      const isWell = code === 0 && failure === undefined;
      resolve(
        isWell ? undefined : (failure ?? `ended by ${reason ?? `exit code ${code ?? "none"}`}: ${errors}`),
      );
    });
  });
}
