import os from "node:os";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { type EngineName, loadEngine } from "../../training/engine.ts";
import { connectQueue } from "../../queue/bullmq/connect.ts";
import { openQueue } from "../../queue/bullmq/open-queue.ts";
import { createQueueRunner } from "../../queue/bullmq/queue-runner.ts";
import type { Job, JobRunner } from "../../queue/job-runner.ts";
import { createLocalRunner } from "../../queue/local-runner.ts";
import { createPredictRequests } from "../../queue/predict-request.ts";
import { openStore } from "../../queue/store/open-store.ts";
import { createTrainRequests } from "../../queue/train-request.ts";
import { readVersions } from "../../queue/versions.ts";
import { cacheFolder, isSource } from "../program-folders.ts";

/** What the options of lists of jobs say (`queueOptions`). */
export interface RunnerSettings {
  readonly queue?: string | undefined;
  readonly store?: string | undefined;
  /** Processes at a time on this machine. */
  readonly concurrency?: number | undefined;
  /** Of the engine; one where there are several jobs. */
  readonly threads?: number | undefined;
}

/** The script that runs one job, here and on a worker. */
export const jobProgram = new URL(isSource ? "job-process.ts" : "job-process.js", import.meta.url);

/**
 * What runs a list's jobs: processes on this machine or, with `--queue`, the workers of a queue.
 * @param list its name, for people who look at the queue
 * @throws UserError when queue or store cannot be used
 */
export async function openRunner(settings: RunnerSettings, list: string): Promise<JobRunner> {
  const { queue, store, concurrency, threads = 1 } = settings;
  if (queue === undefined) {
    if (store !== undefined)
      throw new UserError("--store: expected --queue too, got none: jobs of this machine need no store");
    return createLocalRunner({ program: jobProgram, concurrency: countParallelJobs(threads, concurrency) });
  }
  if (store === undefined)
    throw new UserError(
      "--queue: expected --store too, where this command and the workers exchange files: a folder that all machines " +
        "see, or s3://bucket/prefix",
    );
  if (concurrency !== undefined)
    throw new UserError("--concurrency: expected none beside --queue, where each worker has its own");
  const server = await connectQueue(queue);
  const open = await openStore(store);
  const versions = await readVersions();
  const describeTraining = createTrainRequests({
    open,
    versions,
    list,
    chooseEngine,
    hashIndexFile: path.join(cacheFolder, "features", "content-index.json"),
  });
  const describeChunk = createPredictRequests({ open, versions, list });
  const describeJob = (job: Job) => (job.kind === "train" ? describeTraining(job) : describeChunk(job));
  return createQueueRunner({ open: await openQueue(server), store: open.store, describeJob });
}

/** `auto` would mean another engine on another machine: the one that loads here is part of the job. */
async function chooseEngine(): Promise<EngineName> {
  return (await loadEngine("auto")).name;
}

/** As many processes as the cores allow, unless the user says how many. */
function countParallelJobs(threads: number, asked?: number): number {
  return asked ?? Math.max(1, Math.floor(os.availableParallelism() / threads));
}
