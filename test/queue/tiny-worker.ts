// A worker as a process of its own, which tests kill, pause and lie to about the time: queue, store, cache folder.
import process from "node:process";
import { connectQueue } from "../../queue/bullmq/connect.ts";
import { startWorker } from "../../queue/bullmq/worker.ts";
import { openStore } from "../../queue/store/open-store.ts";

const [queue = "", store = "", cacheFolder = ""] = process.argv.slice(2);
const worker = await startWorker({
  server: await connectQueue(queue),
  open: await openStore(store),
  program: new URL("tiny-job.mjs", import.meta.url),
  lockSeconds: 1,
  concurrency: 1,
  cacheFolder,
  onLine: (line) => {
    console.log(line);
  },
});
console.log("ready");
process.once("SIGTERM", () => void worker.close());
await worker.ended;
