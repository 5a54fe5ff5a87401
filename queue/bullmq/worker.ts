import { mkdir, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Worker } from "bullmq";
import { UserError } from "../../common/user-error.ts";
import { readPointer } from "../job-files.ts";
import type { ProgressMessage } from "../job-process.ts";
import { type JobAnswer, type JobRequest, jobRequestSchema } from "../job-request.ts";
import { loadPackage } from "../load-package.ts";
import { findMachineTrouble } from "../machine-trouble.ts";
import { runRequest, type StopReason } from "../run-request.ts";
import type { OpenStore } from "../store/open-store.ts";
import { describeOtherVersions, readVersions, type Versions } from "../versions.ts";
import { queueName, type QueueServer } from "./connect.ts";
import { createCancellations, createConnectionNote, type QueuedJob, type Running } from "./open-queue.ts";
import { describeError } from "../../common/describe-error.ts";

export interface WorkerOptions {
  readonly server: QueueServer;
  readonly open: OpenStore;
  /** The script that runs one job: pipeline/jobs/job-process.ts. */
  readonly program: URL;
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Holds data sets, and the folders of running jobs. */
  readonly cacheFolder: string;
  /** Time after which a job of a worker that has died, or is cut off, goes to another one. */
  readonly lockSeconds: number;
  /** A line for people: what begins, ends and fails. */
  readonly onLine: (line: string) => void;
}

export interface RunningWorker {
  /** Machine and process. */
  readonly name: string;
  /** Ends with the reason why the worker cannot go on, or undefined when it was closed. */
  readonly ended: Promise<string | undefined>;
  /** Running jobs save after their epoch and go back to the queue. */
  close(): Promise<void>;
}

/** A worker that dies is no fault of its job, however often; a job's own failures count by `attempts`. */
const maxStalls = 100;

/** After a job that this worker cannot run: time for others to take it. */
const refusedPauseMs = 3_000;

const cancelPollMs = 1_000;

/** Least time between two reports of one job. */
const reportMs = 1_000;

/** Takes jobs from the queue, runs them in processes of their own, and hands back their files through the store. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { server, concurrency, cacheFolder, lockSeconds, onLine } = options;
  const bullmq = await loadPackage("--queue", "bullmq ioredis", () => import("bullmq"));
  const { Redis } = await import("ioredis");
  const name = `${os.hostname()}:${process.pid}`;
  const versions = await readVersions();
  const workFolder = await makeWorkFolder(cacheFolder);
  const client = new Redis(server.connection);
  const cancellations = createCancellations(client);
  const stops = new Map<string, AbortController>();
  let isClosing = false;
  let endWorker: (reason: string | undefined) => void = () => undefined;
  const ended = new Promise<string | undefined>((resolve) => {
    endWorker = resolve;
  });

  const giveBack = async (job: QueuedJob, token: string | undefined, pauseMs: number): Promise<never> => {
    await job.moveToWait(token);
    if (pauseMs > 0 && !isClosing) await wait(pauseMs);
    throw new bullmq.WaitingError();
  };

  const processJob = async (job: QueuedJob, token: string | undefined): Promise<JobAnswer> => {
    const { id } = job;
    if (id === undefined) throw new bullmq.UnrecoverableError("expected a job with an id, got none");
    const request = parseRequest(job.data, bullmq.UnrecoverableError);
    const title = `${request.list} / ${request.name}`;
    const refusal = findRefusal(request, versions, options.open);
    if (refusal !== undefined) {
      onLine(`refused ${title}: ${refusal}`);
      await job.log(`${name} refused: ${refusal}`);
      return await giveBack(job, token, refusedPauseMs);
    }
    const stop = new AbortController();
    stops.set(id, stop);
    const watch = setInterval(() => {
      const check = cancellations.has(id).then((isCancelled) => {
        if (isCancelled) stop.abort("cancelled" satisfies StopReason);
      });
      check.catch(() => undefined); // the server is away: asked again
    }, cancelPollMs);
    const report = createReport(job, name);
    onLine(`began ${title}`);
    try {
      if (await cancellations.has(id)) throw new bullmq.UnrecoverableError("cancelled before it began");
      const done = await readPointer(options.open.store, "results", id);
      if (done !== undefined) return { tree: done };
      const tree = await runRequest(id, request, {
        store: options.open.store,
        program: options.program,
        cacheFolder,
        folder: path.join(workFolder, id),
        signal: stop.signal,
        onProgress: report,
        onLine: (line) => {
          onLine(`${title}: ${line}`);
        },
      });
      onLine(`done ${title}`);
      return { tree };
    } catch (error) {
      return await handleFailure(job, token, title, error, stop.signal);
    } finally {
      clearInterval(watch);
      stops.delete(id);
    }
  };

  const handleFailure = async (
    job: QueuedJob,
    token: string | undefined,
    title: string,
    error: unknown,
    signal: AbortSignal,
  ): Promise<never> => {
    const message = describeError(error);
    if (signal.reason === "closing") {
      onLine(`gave back ${title}`);
      return await giveBack(job, token, 0);
    }
    if (signal.reason === "cancelled" || message === "cancelled before it began") {
      onLine(`cancelled ${title}`);
      throw new bullmq.UnrecoverableError(`cancelled: ${message}`);
    }
    if (signal.reason === "lock lost") {
      onLine(`left ${title} to another worker: this one was cut off for too long`);
      return await giveBack(job, token, 0); // counts as no failure; BullMQ refuses it where another worker has the job
    }
    const trouble = findMachineTrouble(error);
    if (trouble !== undefined) {
      onLine(`gave back ${title}: ${message}`);
      if (trouble === "full disk")
        void end(`${trouble}: ${message.slice(0, 200)}; free space and start it again`);
      return await giveBack(job, token, trouble === "full disk" ? 0 : refusedPauseMs);
    }
    onLine(`failed ${title}: ${message.slice(0, 300)}`);
    await job.log(`${name}: ${message}`);
    throw error instanceof UserError ? new Error(message) : error;
  };

  const worker: Worker<unknown, JobAnswer> = new bullmq.Worker<unknown, JobAnswer>(
    queueName,
    async (job, token) => await processJob(job, token),
    {
      connection: server.connection,
      name,
      concurrency,
      lockDuration: 1000 * lockSeconds,
      stalledInterval: 1000 * lockSeconds,
      maxStalledCount: maxStalls,
    },
  );
  const note = createConnectionNote(server.address);
  client.on("error", note);
  worker.on("error", note);
  worker.on("lockRenewalFailed", (ids) => {
    for (const id of ids) stops.get(id)?.abort("lock lost" satisfies StopReason);
  });
  await worker.waitUntilReady();

  const end = async (reason: string | undefined): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    for (const stop of stops.values()) stop.abort("closing" satisfies StopReason);
    await worker.close();
    client.disconnect();
    await rm(workFolder, { recursive: true, force: true });
    endWorker(reason);
  };
  return { name, ended, close: () => end(undefined) };
}

/** This worker's own, without those of workers of this machine that were killed. */
async function makeWorkFolder(cacheFolder: string): Promise<string> {
  const root = path.join(cacheFolder, "work");
  const begin = `${os.hostname()}-`;
  for (const name of await readdir(root).catch(() => [])) {
    const isLeft = name.startsWith(begin) && !isRunning(Number(name.slice(begin.length)));
    if (isLeft) await rm(path.join(root, name), { recursive: true, force: true });
  }
  const folder = path.join(root, `${begin}${process.pid}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function parseRequest(data: unknown, Unrecoverable: new (message: string) => Error): JobRequest {
  const parsed = jobRequestSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Unrecoverable(
    `expected a job of earshot, got another: ${issue?.path.map(String).join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}

/** Why this worker cannot run a job that others can. */
function findRefusal(request: JobRequest, own: Versions, open: OpenStore): string | undefined {
  if (request.storeId !== open.id)
    return `its files are in another store than ${open.store.address}, which --store names`;
  return describeOtherVersions(request.versions, own);
}

/** Reports now and then; a report that is lost is followed by another. */
function createReport(job: QueuedJob, worker: string): (message: ProgressMessage) => void {
  let reportedMs = -Infinity;
  return ({ done, total, loss, secondsLeft }) => {
    if (performance.now() - reportedMs < reportMs && done < total) return;
    reportedMs = performance.now();
    const running: Running = { worker, done, total, secondsLeft, ...(loss !== undefined && { loss }) };
    job.updateProgress(running).catch(() => undefined);
  };
}
