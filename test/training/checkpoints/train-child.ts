// Started by resume.test.ts, which kills it: trains the job given as JSON in the folder given, telling each epoch.
import { loadEngine } from "../../../training/engine.ts";
import { parseJob } from "../../../run-files/job.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { createToneSet } from "../tone-set.ts";

const [, , folder = "", job = "{}"] = process.argv;
await loadEngine("auto");
const { status } = await runJob(parseJob(JSON.parse(job)), createToneSet({ clips: 120 }), folder, {
  onEvent: (event) => {
    if (event.kind !== "step") process.stdout.write(`${event.kind}\n`);
  },
});
process.stdout.write(`${status}\n`);
