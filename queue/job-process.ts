import { fork } from "node:child_process";
import * as z from "zod";
import type { Job } from "./job-runner.ts";

const messageSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("progress"),
    done: z.int(),
    total: z.int(),
    /** Mean over the last epoch's training clips; absent of other jobs. */
    loss: z.number().optional(),
    secondsLeft: z.number(),
  }),
  z.strictObject({ kind: z.literal("failure"), message: z.string() }),
]);

/** What a job's process sends to its parent. */
export type JobMessage = z.infer<typeof messageSchema>;

export type ProgressMessage = Extract<JobMessage, { kind: "progress" }>;

interface ProcessOptions {
  /** The script that is sent the job, and reports over the channel to its parent. */
  readonly program: URL;
  readonly onProgress: (message: ProgressMessage) => void;
  /** Aborted: the process is asked to save and stop. */
  readonly signal: AbortSignal;
}

/** Characters of a process's error output that are kept: its end. */
const keptCharacters = 2000;

/**
 * Runs one job in a process of its own: it leaks nothing into the next one.
 * @returns why it failed, or undefined
 */
export async function runJobProcess(
  job: Job,
  { program, onProgress, signal }: ProcessOptions,
): Promise<string | undefined> {
  const child = fork(program, [job.folder], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const stop = (): void => {
    if (child.connected) child.send("stop");
  };
  child.send(job);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let failure: string | undefined;
  let errors = "";
  child.stderr?.on("data", (text: Buffer) => {
    errors = (errors + text.toString()).slice(-keptCharacters);
  });
  child.on("message", (value) => {
    const message = messageSchema.parse(value);
    if (message.kind === "failure") failure = message.message;
    else onProgress(message);
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
