import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { runCommand, startCommand } from "../command-line.ts";
import { makeWorkplace } from "../tiny-set.ts";

vi.setConfig({ testTimeout: 240_000 }); // each test runs several programs that load an engine

const settings = ["--data", "sounds", "--recipe", "report", "--extractor", "graph"].concat(
  ["--engine", "onnxruntime", "--batch-size", "4"],
  ["--set", 'network.trunk=[{"filters":8,"kernelFrames":3,"poolFrames":4}]'],
);

const resultsSchema = z.object({
  protocol: z.string(),
  command: z.string(),
  missing: z.array(z.string()),
  summaries: z.array(z.object({ jobs: z.int(), testAccuracy: z.number() })),
  jobs: z.array(
    z.object({
      name: z.string(),
      seed: z.int(),
      revision: z.string(),
      epochs: z.int(),
      testAccuracy: z.number(),
    }),
  ),
});

async function readResults(folder: string) {
  return resultsSchema.parse(JSON.parse(await readFile(path.join(folder, "results.json"), "utf8")));
}

/** Bytes of a job's last weights. */
async function readWeights(job: string): Promise<Buffer> {
  const checkpoints = await readdir(path.join(job, "checkpoints"));
  return await readFile(path.join(job, "checkpoints", checkpoints.sort().at(-1) ?? "", "weights.bin"));
}

describe("a list of jobs", () => {
  it("trains each in a process of its own, goes on after kill -9 to the same weights, and reports", async () => {
    const { folder } = makeWorkplace();
    const cv5 = ["train", ...settings, "--protocol", "cv5", "--epochs", "60", "--run", "list"];
    const started = startCommand(folder, ...cv5, "--concurrency", "2");
    const jobs = path.join(folder, "runs/list/jobs");
    await vi.waitFor(async () => readFile(path.join(jobs, "cnn-test-1-seed-0", "metrics.jsonl")), 120_000);
    started.child.kill("SIGKILL");
    await started.ending;

    const whole = await runCommand(folder, ...cv5, "--results", "copy.json");
    expect(whole).toMatchObject({ code: 0 });
    const results = await readResults(path.join(folder, "runs/list"));
    expect(results).toMatchObject({ protocol: "cv5", missing: [], summaries: [{ jobs: 3 }] });
    expect(results.jobs.map(({ name }) => name)).toEqual([1, 2, 3].map((fold) => `cnn-test-${fold}-seed-0`));
    expect(JSON.parse(await readFile(path.join(folder, "copy.json"), "utf8"))).toMatchObject(results);
    expect(whole.stdout).toContain("mean of 3 jobs");

    const features: unknown = JSON.parse(
      await readFile(path.join(folder, "runs/list/features.json"), "utf8"),
    );
    expect(features).toMatchObject({ extractor: "graph", skipped: [] });

    const interrupted = await readWeights(path.join(jobs, "cnn-test-1-seed-0"));
    const config = path.join(jobs, "cnn-test-1-seed-0", "config.json");
    const begun = await readFile(config);
    await rm(path.dirname(config), { recursive: true });
    await mkdir(path.dirname(config));
    await writeFile(config, begun);
    const again = await runCommand(folder, "train", "--run", "list", "--resume");
    expect(again.stderr).toContain("1 of 3 jobs to train");
    expect((await readResults(path.join(folder, "runs/list"))).command).toBe(results.command);
    expect((await readWeights(path.join(jobs, "cnn-test-1-seed-0"))).equals(interrupted)).toBe(true);

    const page = await runCommand(folder, "report", "--run", "list");
    expect(page.code).toBe(0);
    expect(await readFile(path.join(folder, "runs/list/report.md"), "utf8")).toContain("sounds");
    const listed = await runCommand(folder, "runs", "--json");
    expect(JSON.parse(listed.stdout)).toHaveLength(3);
  });

  it("saves and stops when asked, and goes on", async () => {
    const { folder } = makeWorkplace();
    const long = [
      "train",
      ...settings,
      "--protocol",
      "cv5",
      "--epochs",
      "4000",
      "--run",
      "list",
      "--concurrency",
      "1",
    ];
    const started = startCommand(folder, ...long);
    const job = path.join(folder, "runs/list/jobs/cnn-test-1-seed-0");
    await vi.waitFor(async () => readFile(path.join(job, "metrics.jsonl")), 120_000);
    await wait(500);
    started.child.kill("SIGINT");
    const ending = await started.ending;
    expect(ending).toMatchObject({ code: 1 });
    expect(ending.stderr).toContain("stopped, saved; the same command goes on");
    expect((await readdir(path.join(job, "checkpoints"))).length).toBeGreaterThan(0);
  });

  it("says which job failed and why, and trains the others", async () => {
    const { folder } = makeWorkplace();
    const cv5 = [
      "train",
      ...settings,
      "--protocol",
      "cv5",
      "--epochs",
      "1",
      "--seed",
      "0",
      "1",
      "--run",
      "list",
    ];
    expect((await runCommand(folder, ...cv5)).stdout).toContain("ensemble of 2 seeds: test");
    const job = path.join(folder, "runs/list/jobs/cnn-test-2-seed-0");
    await rm(path.join(job, "result.json"));
    await rm(path.join(job, "checkpoints"), { recursive: true });
    await writeFile(path.join(job, "checkpoints"), "in the way");
    const ending = await runCommand(folder, ...cv5);
    expect(ending.code).toBe(1);
    expect(ending.stderr).toMatch(/error: runs.list.jobs.cnn-test-2-seed-0: /);
    expect(ending.stderr).not.toContain("    at ");
  });

  it("searches a grid, and ranks by validation accuracy", async () => {
    const { folder } = makeWorkplace();
    const values = ["optimiser.learningRate=0.00001,0.01", "batchSize=2,4"];
    const search = [
      "tune",
      ...settings,
      "--epochs",
      "4",
      "--seed",
      "0",
      "--values",
      ...values,
      "--run",
      "grid",
    ];
    const ending = await runCommand(folder, ...search);
    expect(ending).toMatchObject({ code: 0 });
    const rows = ending.stdout.split("\n").filter((line) => line.startsWith("optimiser.learningRate="));
    expect(rows).toHaveLength(4);
    expect(rows[0]).toContain("optimiser.learningRate=0.01");
    expect((await readResults(path.join(folder, "runs/grid"))).jobs).toHaveLength(4);
    const resumed = await runCommand(folder, "train", "--run", "grid", "--resume");
    expect(resumed).toMatchObject({ code: 1 });
    expect(resumed.stderr).toContain("got a search");
  });
});
