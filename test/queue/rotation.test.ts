import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommand, startCommand } from "../pipeline/command-line.ts";
import { makeWorkplace } from "../pipeline/tiny-set.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";
import { expectSameBits } from "./same-bits.ts";
import { missingRedis, startRedis, type TestServer } from "./servers.ts";

vi.setConfig({ testTimeout: 240_000 }); // programs that load an engine

/** Three jobs: the set has three folds. */
const train = ["train", "--data", "sounds", "--recipe", "report", "--extractor", "graph"].concat(
  ["--engine", "onnxruntime", "--batch-size", "4", "--protocol", "cv5"],
  ["--set", 'network.trunk=[{"filters":8,"kernelFrames":3,"poolFrames":4}]', "checkpointSeconds=0"],
);

const password = "geheim-17";

describe.skipIf(missingRedis !== undefined)(`rotations on workers: ${missingRedis ?? "Redis"}`, () => {
  let redis: TestServer;
  beforeAll(async () => {
    redis = await startRedis({ password });
  });
  afterAll(async () => {
    await redis.stop();
  });

  it("arrives at the local run's bits by two workers, one of which is killed in mid job", async () => {
    const { folder } = makeWorkplace();
    const store = makeFolder();
    const list = [...train, "--epochs", "30"];
    expect(await runCommand(folder, ...list, "--run", "local", "--concurrency", "2")).toMatchObject({
      code: 0,
    });

    const queue = ["--queue", redis.address, "--store", store];
    const startWorker = () => startCommand(makeFolder(), "worker", ...queue, "--lock-seconds", "3");
    const killed = startWorker();
    const queued = startCommand(folder, ...list, "--run", "queued", ...queue);
    // A checkpoint of a job is in the store: its name is given once it is whole.
    await vi.waitFor(async () => {
      const names = await readdir(path.join(store, "progress"));
      expect(names.filter((name) => name.endsWith(".json"))).not.toEqual([]);
    }, 120_000);
    killed.child.kill("SIGKILL");
    const worker = startWorker();
    const ending = await queued.ending;
    worker.child.kill("SIGTERM");
    const { code, stderr } = await worker.ending;
    expect(ending.code, `${ending.stderr}\n${stderr}`).toBe(0);
    expect(code).toBe(0);

    const jobs = path.join(folder, "runs/queued/jobs");
    await expectSameBits(path.join(folder, "runs/local"), path.join(folder, "runs/queued"));
    const logs = await Promise.all(
      (await readdir(jobs)).map((job) => readFile(path.join(jobs, job, "log.txt"), "utf8")),
    );
    expect(logs.filter((log) => log.includes("going on after epoch"))).toHaveLength(1);

    const said = [ending.stderr, ending.stdout, stderr, (await killed.ending).stderr];
    const environment = await readFile(path.join(folder, "runs/queued/environment.json"), "utf8");
    expect([...said, environment].filter((text) => text.includes(password))).toEqual([]);
  });
});
