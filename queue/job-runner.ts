/**
 * Jobs and what runs them. A job is a folder that says what to do and takes what comes of it; it needs no other job, so
 * that it can run in a process beside this one (`local-runner.ts`) or on another machine (`bullmq/queue-runner.ts`).
 */
import * as z from "zod";

/** A training: `config.json` in its folder is a run's. */
const trainJobSchema = z.strictObject({
  kind: z.literal("train"),
  folder: z.string(),
  /** Writes event files for TensorBoard too. */
  tensorboard: z.boolean(),
  /** Where trained jobs lie that this one starts or learns from, by the folder that its settings name. */
  trainedFolders: z.record(z.string(), z.string()),
});

/** Some sound files to classify: `chunk.json` in its folder says which. */
const predictJobSchema = z.strictObject({ kind: z.literal("predict"), folder: z.string() });

export const jobSchema = z.discriminatedUnion("kind", [trainJobSchema, predictJobSchema]);

export type Job = z.infer<typeof jobSchema>;
export type PredictJob = z.infer<typeof predictJobSchema>;
export type TrainJob = z.infer<typeof trainJobSchema>;

/** How far a job is. */
interface JobProgress {
  readonly folder: string;
  /** Epochs of a training, files of a chunk. */
  readonly done: number;
  readonly total: number;
}

export interface RunnerOptions {
  readonly onProgress: (progress: JobProgress) => void;
  readonly onDone: (folder: string) => void;
  /** Aborted: running jobs save and stop, no other one starts. */
  readonly signal: AbortSignal;
}

export interface FailedJob {
  readonly folder: string;
  readonly message: string;
}

/** Runs lists of jobs. */
export interface JobRunner {
  /** What it says of itself, e.g. `2 at a time`. */
  readonly description: string;
  /** Whether jobs find what this machine has computed before, its feature cache above all. */
  readonly isLocal: boolean;
  /**
   * Runs jobs, in any order; one that fails does not stop the others. Called again with the same jobs after any end, it
   * goes on where they were.
   * @returns the jobs that failed
   */
  run(jobs: readonly Job[], options: RunnerOptions): Promise<FailedJob[]>;
  close(): Promise<void>;
}
