import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { epochMetricsSchema } from "../../../run-files/epoch-metrics.ts";
import { nameCheckpoint } from "../../../training/checkpoints/checkpoint-store.ts";
import type { TrainingJob } from "../../../run-files/job.ts";
import { createToneJob } from "../tone-set.ts";

const child = fileURLToPath(new URL("train-child.ts", import.meta.url));
let root = "";
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "earshot-resume-"));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/**
 * Trains in a process of its own. With `killAfterMs`, it is killed with SIGKILL that long after its first epoch.
 * @returns what it printed, one word a line
 */
async function trainInChild(folder: string, job: TrainingJob, killAfterMs?: number): Promise<string[]> {
  const trainer = spawn(process.execPath, ["--import", "tsx", child, folder, JSON.stringify(job)]);
  let output = "";
  let complaint = "";
  let timer: NodeJS.Timeout | undefined;
  trainer.stderr.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
  trainer.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (killAfterMs !== undefined && output.includes("epoch\n"))
      timer ??= setTimeout(() => trainer.kill("SIGKILL"), killAfterMs);
  });
  const code = await new Promise<number | null>((resolve) => trainer.on("close", resolve));
  if (code !== 0 && timer === undefined)
    throw new Error(`the child ended with ${String(code)}: ${complaint}`);
  return output.trim().split("\n");
}

/** Trains with kills at moments drawn from `seed` until the job ends. Returns the number of kills. */
async function trainWithKills(folder: string, job: TrainingJob, seed: number): Promise<number> {
  const random = createRandom(seed, "moments");
  for (let kills = 0; kills < 4; kills++) {
    const output = await trainInChild(folder, job, random.integer(300));
    if (output.includes("finished")) return kills;
  }
  await trainInChild(folder, job);
  return 4;
}

async function readFinal(folder: string, job: TrainingJob): Promise<{ weights: Buffer; state: Buffer }> {
  const checkpoint = path.join(folder, "checkpoints", nameCheckpoint(job.epochs));
  const [weights, state] = await Promise.all(
    ["weights.bin", "state.bin"].map((file) => readFile(path.join(checkpoint, file))),
  );
  if (weights === undefined || state === undefined) throw new Error("two files were asked for");
  return { weights, state };
}

/** metrics.jsonl without its times. */
async function readMetrics(folder: string): Promise<object[]> {
  const text = await readFile(path.join(folder, "metrics.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => ({ ...epochMetricsSchema.parse(JSON.parse(line)), seconds: 0, examplesPerSecond: 0 }));
}

// Some ten processes one after another: minutes on a busy machine.
describe("a run killed with SIGKILL at random moments", { timeout: 400_000 }, () => {
  // Everything that holds state or draws random numbers: Adam's moments, dropout, averaging, augmentation.
  const job = createToneJob({
    epochs: 10,
    viewsPerEpoch: 2,
    optimiser: { name: "adamw" },
    schedule: { kind: "warm-up-cosine" },
    clipGradientNorm: 1,
    weightAverage: {},
    labelSmoothing: 0.05,
    augmentation: {
      cropFrames: 12,
      equaliserDecades: 0.5,
      melShiftBands: 1,
      placement: {},
      negatives: {},
      mixFraction: 0.8,
      masks: { count: 1, maxBands: 2, maxFrames: 4 },
    },
  });

  it("ends with the bits of an uninterrupted run", async () => {
    const whole = path.join(root, "whole");
    const killed = path.join(root, "killed");
    await trainInChild(whole, job);
    const kills = await trainWithKills(killed, job, 3);
    expect(kills).toBeGreaterThanOrEqual(2);

    const [expected, actual] = [await readFinal(whole, job), await readFinal(killed, job)];
    expect(actual.weights.equals(expected.weights)).toBe(true);
    expect(actual.state.equals(expected.state)).toBe(true);
    expect(await readMetrics(killed)).toEqual(await readMetrics(whole));
    const leftovers = await readdir(path.join(killed, "checkpoints"));
    expect(leftovers.filter((name) => !name.startsWith("epoch-"))).toEqual([]);
  });
});
