import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createRandom } from "../../common/random.ts";
import type { TrainJob } from "../../queue/job-runner.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";
import { missingRedis, startRedis } from "./servers.ts";
import { makeTinyJobs, readTinyResult, startTinyList } from "./tiny-queue.ts";

vi.setConfig({ testTimeout: 240_000 }); // workers are processes that are started again and again

const title = missingRedis === undefined ? "faults" : `faults: skipped, ${missingRedis}`;

/** Epochs of 30 ms: long enough that a fault meets a running job. */
const epochs = 60;

interface WorkerProcess {
  readonly child: ChildProcess;
  readonly lines: () => string;
}

async function startWorkerProcess(
  { queue, store }: { queue: string; store: string },
  nodeOptions: readonly string[] = [],
): Promise<WorkerProcess> {
  const program = path.join(import.meta.dirname, "tiny-worker.ts");
  const child = spawn(
    process.execPath,
    [...nodeOptions, "--import", import.meta.resolve("tsx"), program, queue, store, makeFolder()],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  onTestFinished(() => {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
  });
  await vi.waitFor(() => {
    expect(said).toContain("ready");
  }, 60_000);
  return { child, lines: () => said };
}

/** Every job is done once, from its first epoch to its last, whatever became of its workers. */
async function expectWhole(jobs: readonly TrainJob[], done: readonly string[]): Promise<void> {
  expect([...done].sort()).toEqual(jobs.map(({ folder }) => folder).sort());
  for (const { folder } of jobs) {
    const { seed } = await readTinyResult(folder);
    const last = await readFile(path.join(folder, "checkpoints", `epoch-${epochs}`, "state.bin"), "utf8");
    expect(last).toBe(`${seed} ${epochs}`);
  }
}

describe.skipIf(missingRedis !== undefined)(title, () => {
  /** `EARSHOT_KILLS=20` is the soak. */
  const kills = Number(process.env.EARSHOT_KILLS ?? 4);

  it(`lose nothing when workers are killed at ${kills} random moments`, async () => {
    const random = createRandom(32, "moments of kills");
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const addresses = { queue: redis.address, store: makeFolder() };
    const jobs = await makeTinyJobs(
      Array.from({ length: kills }, (_, seed) => seed + 100),
      epochs,
    );
    const workers = [await startWorkerProcess(addresses)];
    const list = await startTinyList(addresses, jobs);
    for (let kill = 0; kill < kills; kill++) {
      await wait(2000 * random.next());
      workers.pop()?.child.kill("SIGKILL");
      workers.push(await startWorkerProcess(addresses));
    }
    expect(await list.failed).toEqual([]);
    await expectWhole(jobs, list.done);
  });

  it("lose nothing when the queue's server is killed and starts again", async () => {
    const folder = makeFolder();
    let redis = await startRedis({ folder });
    onTestFinished(() => redis.stop());
    const addresses = { queue: redis.address, store: makeFolder() };
    const jobs = await makeTinyJobs([201, 202, 203], epochs);
    await startWorkerProcess(addresses);
    const list = await startTinyList(addresses, jobs);
    for (let kill = 0; kill < 2; kill++) {
      await wait(1000);
      await redis.stop(); // SIGKILL
      await wait(300);
      redis = await startRedis({ folder, port: Number(new URL(addresses.queue).port) });
    }
    expect(await list.failed).toEqual([]);
    await expectWhole(jobs, list.done);
  });

  it("lose nothing when a worker is paused beyond its lock, and another one's clock is an hour off", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const addresses = { queue: redis.address, store: makeFolder() };
    const jobs = await makeTinyJobs([301, 302], epochs);
    const paused = await startWorkerProcess(addresses);
    const list = await startTinyList(addresses, jobs);
    await vi.waitFor(() => {
      expect(paused.lines()).toContain("began");
    }, 20_000);
    paused.child.kill("SIGSTOP");
    const clock = "const now = Date.now; Date.now = () => now() + 3_600_000;";
    const other = await startWorkerProcess(addresses, [
      "--import",
      `data:text/javascript,${encodeURIComponent(clock)}`,
    ]);
    await vi.waitFor(() => {
      expect(other.lines()).toContain("began");
    }, 30_000);
    paused.child.kill("SIGCONT");
    expect(await list.failed).toEqual([]);
    await expectWhole(jobs, list.done);
  });
});
