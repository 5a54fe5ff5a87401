import * as z from "zod";
import { cancelJobs } from "./cancel-jobs.ts";
import { runningSchema, type OpenQueue, type QueuedJob } from "./open-queue.ts";

/** What a job is, for people. */
interface NamedEntry {
  readonly id: string;
  readonly list: string;
  readonly name: string;
}

export interface RunningEntry extends NamedEntry {
  readonly worker: string;
  readonly done: number;
  readonly total: number;
  readonly loss?: number | undefined;
  readonly secondsLeft?: number | undefined;
}

interface FailedEntry extends NamedEntry {
  readonly reason: string;
  /** What workers wrote down about it. */
  readonly log: readonly string[];
}

/** A queue at one moment. */
export interface QueueState {
  readonly waiting: number;
  readonly running: readonly RunningEntry[];
  readonly done: number;
  readonly failedJobs: number;
  /** The newest of them. */
  readonly failed: readonly FailedEntry[];
  /** Connected, e.g. `box-2:4711`. */
  readonly workers: readonly string[];
}

const shownFailures = 20;
const shownLogLines = 20;

/** The part of a request that is shown: one of another version has it too. */
const namesSchema = z.looseObject({ list: z.string(), name: z.string() });

function nameEntry(job: QueuedJob): NamedEntry {
  const { list, name } = namesSchema.safeParse(job.data).data ?? { list: "unknown", name: job.name };
  return { id: job.id ?? "", list, name };
}

/** Reads what waits, runs, is done and has failed. */
export async function describeQueue({ queue }: OpenQueue): Promise<QueueState> {
  const counts = await queue.getJobCounts("waiting", "prioritized", "delayed", "completed", "failed");
  const active = await queue.getJobs(["active"]);
  const failed = await queue.getJobs(["failed"], 0, shownFailures - 1);
  const workers = await queue.getWorkers();
  const count = (...states: string[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return {
    waiting: count("waiting", "prioritized", "delayed"),
    running: active.map((job) => {
      const progress = runningSchema.safeParse(job.progress).data;
      return { ...nameEntry(job), ...(progress ?? { worker: "…", done: 0, total: 0 }) };
    }),
    done: count("completed"),
    failedJobs: count("failed"),
    failed: await Promise.all(
      failed.map(async (job) => {
        const { logs } = await queue.getJobLogs(job.id ?? "", 0, shownLogLines - 1);
        return { ...nameEntry(job), reason: job.failedReason, log: logs };
      }),
    ),
    workers: workers.map(({ name }) => name?.replace(/^.*:w:/, "") ?? "unknown").sort(),
  };
}

/** Jobs that are read at a time. */
const pageJobs = 1000;

/**
 * Cancels a list: what waits leaves the queue, what runs stops after its epoch.
 * @returns how many jobs of the list were found
 */
export async function cancelList(open: OpenQueue, list: string): Promise<number> {
  const ids: string[] = [];
  for (const state of ["active", "waiting", "prioritized", "delayed"] as const) {
    for (let start = 0; ; start += pageJobs) {
      const jobs = await open.queue.getJobs([state], start, start + pageJobs - 1);
      for (const entry of jobs.map(nameEntry)) if (entry.list === list) ids.push(entry.id);
      if (jobs.length < pageJobs) break;
    }
  }
  await cancelJobs(open, ids);
  return ids.length;
}
