// A job that takes no time of its own, so that what is measured is the queue, the store and a process a job.
import { writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

process.once("message", (job) => {
  writeFileSync(path.join(job.folder, "result.json"), "{}");
  setImmediate(() => process.disconnect());
});
