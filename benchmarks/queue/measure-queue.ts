/**
 * What queue and store cost, on a Redis of its own on loopback and a folder:
 * `npx tsx benchmarks/queue/measure-queue.ts [jobs through, 300] [jobs queued, 100000]`. Prints jobs a second and bytes.
 * Needs redis-server or valkey-server.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { connectQueue } from "../../queue/bullmq/connect.ts";
import { openQueue } from "../../queue/bullmq/open-queue.ts";
import { createQueueRunner } from "../../queue/bullmq/queue-runner.ts";
import { startWorker } from "../../queue/bullmq/worker.ts";
import type { JobRequest } from "../../queue/job-request.ts";
import type { Job, TrainJob } from "../../queue/job-runner.ts";
import { openStore } from "../../queue/store/open-store.ts";
import { readVersions } from "../../queue/versions.ts";
import { parseJob } from "../../run-files/job.ts";

const [through = "300", queued = "100000"] = process.argv.slice(2);
const port = 16_379;
const redisProgram = process.env.REDIS_SERVER ?? "redis-server";
const concurrency = os.availableParallelism();

const folder = await mkdtemp(path.join(os.tmpdir(), "earshot-queue-"));
const server = spawn(
  redisProgram,
  ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--dir", folder],
  { stdio: "ignore" },
);
try {
  await measureThrough(Number(through));
  await measureQueued(Number(queued));
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(); // nothing is left to wait for but the server's reconnections

async function measureThrough(count: number): Promise<void> {
  const { runner, connection, open } = await openRunner(1_000_000);
  const worker = await startWorker({
    server: connection,
    open,
    program: new URL("tiny-job.mjs", import.meta.url),
    cacheFolder: path.join(folder, "cache"),
    lockSeconds: 30,
    onLine: () => undefined,
    concurrency,
  });
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const failed = await runner.run(makeJobs(count), {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onDone: () => undefined,
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(
    `${count} jobs through, ${concurrency} at a time, ${failed.length} failed: ${(count / seconds).toFixed(1)} a second, ` +
      `${Math.round((user + system) / 1000 / count)} ms of processor a job in producer and worker`,
  );
  if (failed[0] !== undefined) console.log(`failed: ${failed[0].message}`);
  await worker.close();
  await runner.close();
}

async function measureQueued(count: number): Promise<void> {
  const { runner } = await openRunner(2_000_000);
  const client = new Redis({ port });
  const before = await readMemory(client);
  const rssBefore = process.memoryUsage().rss;
  const cancellation = new AbortController();
  const started = performance.now();
  void runner.run(makeJobs(count), {
    signal: cancellation.signal,
    onProgress: () => undefined,
    onDone: () => undefined,
  });
  while ((await client.zcard("bull:earshot:prioritized")) < count) await wait(50);
  const seconds = (performance.now() - started) / 1000;
  const bytes = ((await readMemory(client)) - before) / count;
  const rss = (process.memoryUsage().rss - rssBefore) / 1e6;
  console.log(
    `${count} jobs queued: ${Math.round(count / seconds)} a second; Redis ${Math.round(bytes)} bytes a job; ` +
      `producer ${rss.toFixed(0)} MB more (${Math.round((1e6 * rss) / count)} bytes a job)`,
  );
  client.disconnect();
}

async function openRunner(firstSeed: number) {
  const connection = await retry(() => connectQueue(`redis://127.0.0.1:${port}`));
  const open = await openStore(path.join(folder, "store"));
  const versions = await readVersions();
  const job = parseJob({ epochs: 10 });
  let seed = firstSeed;
  const describeJob = ({ folder: name }: Job): Promise<JobRequest> =>
    Promise.resolve({
      kind: "train",
      format: 1,
      list: "measured",
      name,
      storeId: open.id,
      versions,
      config: {
        extractor: "graph",
        skipBadClips: false,
        maxClipSeconds: 600,
        engine: "onnxruntime",
        threads: 1,
        job: { ...job, seed: ++seed },
      },
      data: "embedded",
      trained: [],
      tensorboard: false,
    });
  const queue = await openQueue(connection);
  return { runner: createQueueRunner({ open: queue, store: open.store, describeJob }), connection, open };
}

function makeJobs(count: number): TrainJob[] {
  const job = { kind: "train", tensorboard: false, trainedFolders: {} } as const;
  return Array.from({ length: count }, (_, index) => ({
    ...job,
    folder: path.join(folder, "jobs", `job-${index}`),
  }));
}

async function readMemory(client: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info("memory"))?.[1]);
}

async function retry<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 50) throw error;
      await wait(100);
    }
  }
}
