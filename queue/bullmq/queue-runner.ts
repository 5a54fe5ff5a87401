import { setTimeout as wait } from "node:timers/promises";
import { fetchJobFiles, readPointer } from "../job-files.ts";
import { type JobRequest, nameRequest } from "../job-request.ts";
import type { FailedJob, Job, JobRunner, RunnerOptions } from "../job-runner.ts";
import { UserError } from "../../common/user-error.ts";
import { type Store, StoreUnavailable } from "../store/store.ts";
import { cancelJobs } from "./cancel-jobs.ts";
import { queueName } from "./connect.ts";
import { createConnectionNote, type OpenQueue, runningSchema } from "./open-queue.ts";
import { describeError } from "../../common/describe-error.ts";

interface QueueRunnerOptions {
  readonly open: OpenQueue;
  readonly store: Store;
  /** Writes what lies in the queue for a job, and its input into the store. */
  readonly describeJob: (job: Job) => Promise<JobRequest>;
}

/** Jobs that are put into the queue at a time. */
const batchJobs = 500;

/**
 * Events may be lost with a connection, and a server may forget its last second: some jobs' states are asked now and
 * then.
 */
const pollMs = 2_000;
const polledJobs = 100;

/** Finished jobs are forgotten by the server after this; their files stay in the store. */
const keptSeconds = { done: 7 * 24 * 3600, failed: 30 * 24 * 3600 };

/** A job that fails is tried once more, elsewhere if it comes so. */
const attempts = 2;

/** BullMQ's lowest priority. */
const maxPriority = 2 ** 21;

const chunkPriority = 10;

/**
 * Runs jobs on the workers of a queue, through the store. Ids of jobs are made of what they do, so that the same command
 * finds its jobs again after any end, and a list that is begun twice is computed once.
 */
export function createQueueRunner({ open, store, describeJob }: QueueRunnerOptions): JobRunner {
  return {
    isLocal: false,
    description: `by the workers of ${open.server.address}`,
    run: async (jobs, options) => {
      const running = await startList({ open, store, describeJob }, options);
      try {
        for (let start = 0; start < jobs.length && !options.signal.aborted; start += batchJobs) {
          await running.add(jobs.slice(start, start + batchJobs));
        }
        return await running.finish();
      } finally {
        await running.close();
      }
    },
    close: async () => {
      await open.close();
      store.close();
    },
  };
}

/** What lies in the queue for a job, by its id. */
interface Addition {
  readonly id: string;
  readonly request: JobRequest;
}

/** One call of `run`: its jobs until each has ended. Of 100,000 jobs only their ids and folders are in memory. */
async function startList({ open, store, describeJob }: QueueRunnerOptions, options: RunnerOptions) {
  const { queue, cancellations, server } = open;
  const { QueueEvents } = await import("bullmq");
  const { signal, onProgress, onDone } = options;
  const waiting = new Map<string, Job[]>();
  const failed: FailedJob[] = [];
  let ended = new AbortController(); // aborted when no job is left
  const fetching = new Map<string, Promise<void>>();

  const forget = (id: string): readonly string[] => {
    const folders = (waiting.get(id) ?? []).map(({ folder }) => folder);
    waiting.delete(id);
    if (waiting.size === 0) ended.abort();
    return folders;
  };

  const fail = (id: string, message: string): void => {
    for (const folder of forget(id)) failed.push({ folder, message });
  };

  /** Fetches a finished job's files; twice at the same time once. */
  const finish = async (id: string): Promise<void> => {
    const jobs = waiting.get(id);
    if (jobs === undefined) return;
    const work = fetching.get(id) ?? fetchResult(store, id, jobs);
    fetching.set(id, work);
    try {
      await work;
      for (const folder of forget(id)) onDone(folder);
    } catch (error) {
      if (error instanceof StoreUnavailable) return; // the job is looked at again
      // Whatever is wrong with its files: given again, the command has them computed again.
      if (error instanceof UserError) await store.remove(`results/${id}.json`).catch(() => undefined);
      fail(id, describeError(error));
    } finally {
      fetching.delete(id);
    }
  };

  const put = async (additions: readonly Addition[]): Promise<void> => {
    await cancellations.remove(additions.map(({ id }) => id));
    await queue.addBulk(additions.map(describeAddition));
  };

  /** What became of a job that was in the queue before, or of which no event came. */
  const look = async (id: string, isNew: boolean): Promise<"absent" | "there"> => {
    const job = await queue.getJob(id);
    if (job === undefined) return "absent";
    const state = await job.getState();
    if (state === "completed") {
      if ((await readPointer(store, "results", id)) !== undefined) {
        await finish(id);
        return "there";
      }
      await job.remove(); // its files were removed from the store
      return "absent";
    }
    if (state === "failed" && isNew) {
      await job.remove(); // of an earlier command: this one tries again
      return "absent";
    }
    if (state === "failed") fail(id, job.failedReason);
    return state === "unknown" ? "absent" : "there";
  };

  const noteStore = createConnectionNote(store.address);
  const events = new QueueEvents(queueName, { connection: server.connection });
  events.on("error", createConnectionNote(server.address));
  events.on("completed", ({ jobId }) => void finish(jobId));
  events.on("failed", ({ jobId, failedReason }) => {
    fail(jobId, failedReason);
  });
  events.on("progress", ({ jobId, data }) => {
    const progress = runningSchema.safeParse(data).data;
    if (progress === undefined) return;
    const { done, total } = progress;
    for (const { folder } of waiting.get(jobId) ?? []) onProgress({ folder, done, total });
  });
  await events.waitUntilReady();

  return {
    async add(jobs: readonly Job[]): Promise<void> {
      const additions: Addition[] = [];
      for (const job of jobs) {
        const request = await describeJob(job);
        const id = nameRequest(request);
        const known = waiting.get(id);
        if (known !== undefined) known.push(job);
        else {
          if (ended.signal.aborted) ended = new AbortController();
          waiting.set(id, [job]);
          additions.push({ id, request });
        }
      }
      const states = await Promise.all(additions.map(({ id }) => look(id, true)));
      await put(additions.filter((_, index) => states[index] === "absent"));
    },
    /** @returns the jobs that failed, once each has ended */
    async finish(): Promise<FailedJob[]> {
      let next: string[] = [];
      while (waiting.size > 0) {
        const pause = AbortSignal.any([signal, ended.signal]);
        await wait(pollMs, undefined, { signal: pause }).catch(() => undefined);
        if (signal.aborted) {
          for (const id of await cancelJobs(open, [...waiting.keys()])) forget(id);
          if (waiting.size > 0) await wait(pollMs / 4);
        }
        if (next.length === 0) next = [...waiting.keys()];
        const polled = next.splice(0, polledJobs).filter((id) => waiting.has(id));
        const absent: Addition[] = [];
        try {
          for (const id of polled) {
            const [job] = waiting.get(id) ?? [];
            if (job !== undefined && (await look(id, false)) === "absent")
              absent.push({ id, request: await describeJob(job) });
          }
          if (!signal.aborted) await put(absent);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          noteStore(error);
        }
      }
      return failed;
    },
    async close(): Promise<void> {
      await events.close();
    },
  };
}

async function fetchResult(store: Store, id: string, jobs: readonly Job[]): Promise<void> {
  const tree = await readPointer(store, "results", id);
  if (tree === undefined) throw new Error(`${store.address}/results/${id}.json: expected a result, got none`);
  for (const { folder } of jobs) await fetchJobFiles(store, tree, folder);
}

function describeAddition({ id, request }: Addition) {
  return {
    name: request.kind,
    data: request,
    opts: {
      jobId: id,
      priority: choosePriority(request),
      attempts,
      removeOnComplete: { age: keptSeconds.done },
      removeOnFail: { age: keptSeconds.failed },
      stackTraceLimit: 1,
    },
  };
}

/** Short jobs first: 1 is the highest. A chunk of files takes as long as a few epochs. */
function choosePriority(request: JobRequest): number {
  if (request.kind === "predict") return chunkPriority;
  const { epochs, viewsPerEpoch } = request.config.job;
  return Math.min(maxPriority, epochs * viewsPerEpoch);
}
