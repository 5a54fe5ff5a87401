// Stands for pipeline/jobs/job-process.ts where a test is about the queue: a training of a few milliseconds an epoch,
// whose checkpoint is a counter. Seed 13 fails, seed 14 is refused by a full disk; a job that is stopped saves.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";

const epochMs = 30;

let isStopped = false;
const job = await new Promise((resolve) => {
  process.once("message", (message) => {
    resolve(message);
    process.on("message", () => {
      isStopped = true;
    });
  });
});
const exit = () => process.exit(1); // the worker is gone
process.on("disconnect", exit);

const { epochs, seed } = JSON.parse(readFileSync(path.join(job.folder, "config.json"), "utf8")).job;
const checkpoints = path.join(job.folder, "checkpoints");
mkdirSync(checkpoints, { recursive: true });
const begun = Math.max(0, ...readdirSync(checkpoints).map((name) => Number(name.replace("epoch-", ""))));

const save = (epoch) => {
  mkdirSync(path.join(checkpoints, `epoch-${epoch}`));
  writeFileSync(path.join(checkpoints, `epoch-${epoch}`, "state.bin"), `${seed} ${epoch}`);
};

const fail = (message) => {
  process.send({ kind: "failure", message });
  process.exitCode = 1;
};

let epoch = begun;
if (seed === 13) fail("seed 13 diverges");
else if (seed === 14) fail("ENOSPC: no space left on device, write");
else {
  while (epoch < epochs && !isStopped) {
    await wait(epochMs);
    epoch++;
    if (epoch % 10 === 0 || epoch === epochs || isStopped) save(epoch);
    process.send({
      kind: "progress",
      done: epoch,
      total: epochs,
      loss: 1 / epoch,
      secondsLeft: epochs - epoch,
    });
  }
  if (epoch < epochs) fail(`stopped after epoch ${epoch}, saved`);
  else writeFileSync(path.join(job.folder, "result.json"), JSON.stringify({ seed, epochs, begun }));
}
process.off("disconnect", exit);
process.disconnect();
