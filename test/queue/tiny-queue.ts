import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { connectQueue } from "../../queue/bullmq/connect.ts";
import { openQueue } from "../../queue/bullmq/open-queue.ts";
import { createQueueRunner } from "../../queue/bullmq/queue-runner.ts";
import { startWorker, type RunningWorker } from "../../queue/bullmq/worker.ts";
import type { FailedJob, TrainJob } from "../../queue/job-runner.ts";
import { openStore } from "../../queue/store/open-store.ts";
import { createTrainRequests } from "../../queue/train-request.ts";
import { readVersions, type Versions } from "../../queue/versions.ts";
import { parseJob } from "../../run-files/job.ts";
import { writeJson } from "../../run-files/json-file.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";

const tinyProgram = new URL("tiny-job.mjs", import.meta.url);

/** Folders of trainings that `tiny-job.mjs` stands for, one a seed. */
export async function makeTinyJobs(seeds: readonly number[], epochs = 3): Promise<TrainJob[]> {
  const root = makeFolder();
  const jobs: TrainJob[] = [];
  for (const seed of seeds) {
    const folder = path.join(root, `seed-${seed}`);
    mkdirSync(folder);
    const job = parseJob({ seed, epochs, checkpointSeconds: 0 });
    const data = { data: "embedded", extractor: "graph", skipBadClips: false, maxClipSeconds: 600 };
    await writeJson(path.join(folder, "config.json"), { ...data, engine: "onnxruntime", job });
    jobs.push({ kind: "train", folder, tensorboard: false, trainedFolders: {} });
  }
  return jobs;
}

const resultSchema = z.object({ seed: z.int(), epochs: z.int(), begun: z.int() });

/** What `tiny-job.mjs` wrote. */
export async function readTinyResult(folder: string) {
  return resultSchema.parse(JSON.parse(await readFile(path.join(folder, "result.json"), "utf8")));
}

interface TinyWorker {
  readonly worker: RunningWorker;
  readonly lines: string[];
}

export async function startTinyWorker(
  addresses: { queue: string; store: string },
  { concurrency = 1, lockSeconds = 30 } = {},
): Promise<TinyWorker> {
  const lines: string[] = [];
  const worker = await startWorker({
    server: await connectQueue(addresses.queue),
    open: await openStore(addresses.store),
    program: tinyProgram,
    cacheFolder: makeFolder(),
    onLine: (line) => lines.push(line),
    concurrency,
    lockSeconds,
  });
  onTestFinished(() => worker.close());
  return { worker, lines };
}

interface TinyRun {
  readonly failed: Promise<FailedJob[]>;
  readonly done: string[];
  readonly cancel: () => void;
}

/** Begins a list as `train --queue` does. */
export async function startTinyList(
  addresses: { queue: string; store: string },
  jobs: readonly TrainJob[],
  { versions, list = "tiny" }: { versions?: Versions; list?: string } = {},
): Promise<TinyRun> {
  const open = await openStore(addresses.store);
  const describeTraining = createTrainRequests({
    open,
    list,
    versions: versions ?? (await readVersions()),
    hashIndexFile: path.join(makeFolder(), "index.json"),
    chooseEngine: () => Promise.resolve("onnxruntime"),
  });
  const runner = createQueueRunner({
    open: await openQueue(await connectQueue(addresses.queue)),
    store: open.store,
    describeJob: async (job) => {
      if (job.kind !== "train") throw new Error("expected a training");
      return await describeTraining(job);
    },
  });
  onTestFinished(() => runner.close());
  const cancellation = new AbortController();
  const done: string[] = [];
  const failed = runner.run(jobs, {
    signal: cancellation.signal,
    onProgress: () => undefined,
    onDone: (folder) => done.push(folder),
  });
  return {
    failed,
    done,
    cancel: () => {
      cancellation.abort();
    },
  };
}
