import path from "node:path";
import process from "node:process";
import { UserError } from "../../common/user-error.ts";
import { connectQueue } from "../../queue/bullmq/connect.ts";
import { startWorker } from "../../queue/bullmq/worker.ts";
import { openStore } from "../../queue/store/open-store.ts";
import { cacheFolder } from "../program-folders.ts";
import { jobProgram } from "../jobs/open-runner.ts";
import { queueOptions } from "../command-line/options.ts";
import { defineStage } from "../command-line/stage.ts";

export const workerStage = defineStage({
  name: "worker",
  options: {
    queue: {
      ...queueOptions.queue,
      demandOption: true,
      describe: "redis://host or rediss://host: the queue",
    },
    store: { ...queueOptions.store, demandOption: true, describe: "the store that train --store names" },
    concurrency: {
      type: "number",
      default: 1,
      describe: "jobs at a time, each with the threads that it asks for",
    },
    "lock-seconds": {
      type: "number",
      default: 30,
      describe: "time after which the job of a worker that has died or is cut off goes to another one",
    },
  },
  examples: [
    ["worker --queue redis://box:6379 --store /mnt/earshot", "one job at a time"],
    ["worker --queue rediss://box --store s3://sounds/earshot --concurrency 8", "on a machine with 8 cores"],
  ],
  run: async ({ queue, store, concurrency, lockSeconds }) => {
    if (!Number.isInteger(concurrency) || concurrency < 1)
      throw new UserError(`--concurrency: expected a whole number from 1, got ${concurrency}`);
    if (!(lockSeconds >= 1)) throw new UserError(`--lock-seconds: expected at least 1, got ${lockSeconds}`);
    const server = await connectQueue(queue);
    const open = await openStore(store);
    const worker = await startWorker({
      server,
      open,
      concurrency,
      lockSeconds,
      program: jobProgram,
      cacheFolder: path.join(cacheFolder, "queue"),
      onLine: (line) => {
        console.error(`${new Date().toISOString()}  ${line}`);
      },
    });
    console.error(
      `worker ${worker.name}: jobs of ${server.address}, ${concurrency} at a time, files in ${open.store.address}`,
    );
    const stop = (): void => {
      console.error("saving the jobs that run");
      void worker.close();
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
    const reason = await worker.ended;
    open.store.close();
    if (reason !== undefined) throw new UserError(`worker: ${reason}`);
  },
});
