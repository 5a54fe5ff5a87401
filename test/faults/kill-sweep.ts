/**
 * Stops a training of three epochs at every one of its file operations in turn, goes on, and compares with a training
 * that was not stopped, to the bit: `npx tsx test/faults/kill-sweep.ts <engine> [every]`, for example
 * `npx tsx test/faults/kill-sweep.ts onnxruntime` for every point, or `... tfjs-node 10` for every tenth.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { lockRun } from "../../pipeline/runs/lock-run.ts";
import { openOrCreateFolder } from "../../pipeline/runs/run-folder.ts";
import { noBackgroundFeatures } from "../../training/data/prepare-data.ts";
import { trainOnFeatures } from "../../pipeline/jobs/train-run.ts";
import { engineNames, type RunConfig } from "../../run-files/run-config.ts";
import { jobResultSchema } from "../../run-files/job-result.ts";
import { loadEngine } from "../../training/engine.ts";
import { createToneJob, createToneSet } from "../training/tone-set.ts";
import { injectFaults } from "./file-operations.ts";

export interface SweepOutcome {
  /** File operations of one training. */
  readonly operations: number;
  /** Of them, those that it was stopped at. */
  readonly points: number;
  /** Points after which it did not end as if it had not been stopped, each with what was found. */
  readonly failures: readonly string[];
}

const featureSet = createToneSet();

function describeConfig(engine: RunConfig["engine"]): RunConfig {
  // A high rate, so that the best epoch is not the last and both checkpoints matter.
  const job = createToneJob({ epochs: 3, seed: 4, optimiser: { name: "adam", learningRate: 0.6 } });
  return { data: "tones", extractor: "graph", skipBadClips: false, maxClipSeconds: 600, engine, job };
}

/** @param every stops at each `every`-th operation */
export async function sweepKills(engine: RunConfig["engine"], every = 1): Promise<SweepOutcome> {
  const root = await mkdtemp(path.join(tmpdir(), "earshot-kills-"));
  const faults = injectFaults(root);
  const { version } = await loadEngine(engine);
  const config = describeConfig(engine);
  const train = async (folder: string): Promise<void> => {
    const run = await openOrCreateFolder(folder, config);
    const options = { onEvent: () => undefined, signal: new AbortController().signal };
    await lockRun(folder, () =>
      trainOnFeatures(
        run,
        version,
        { featureSet, variants: new Map(), background: noBackgroundFeatures, embeddings: new Map() },
        options,
      ),
    );
  };
  try {
    const whole = path.join(root, "whole");
    faults.start(0);
    await train(whole);
    const { operations } = faults;
    const expected = await readOutcome(whole);
    const failures: string[] = [];
    let points = 0;
    for (let point = 1; point <= operations.length; point += every) {
      const folder = path.join(root, `stopped-${point}`);
      faults.start(point);
      await Promise.race([train(folder), faults.stopped]);
      const place = `${point}, ${faults.operations.at(-1) ?? "none"}`;
      if (faults.operations.length !== point) failures.push(`${place}: expected to be stopped there`);
      faults.start(0);
      await rm(path.join(folder, "lock"), { recursive: true, force: true }); // its owner, this process, lives on
      const problem = await train(folder)
        .then(async () => compare(expected, await readOutcome(folder)))
        .catch(String);
      if (problem !== null) failures.push(`${place}: ${problem}`);
      await rm(folder, { recursive: true });
      points++;
    }
    return { operations: operations.length, points, failures };
  } finally {
    faults.start(0);
    await rm(root, { recursive: true });
  }
}

const epochSchema = z.looseObject({ epoch: z.int() });

/** All that a training leaves but its times, and what is named after processes. */
async function readOutcome(folder: string): Promise<Record<string, string>> {
  const read = (name: string): Promise<string> => readFile(path.join(folder, name), "utf8");
  const lines = (await read("metrics.jsonl")).trimEnd().split("\n");
  const result = jobResultSchema.parse(JSON.parse(await read("result.json")));
  const weights = await readFile(path.join(folder, result.checkpoint, "weights.bin"));
  const last = (await readdir(path.join(folder, "checkpoints"))).sort().at(-1) ?? "";
  return {
    files: (await readdir(folder))
      .filter((name) => !name.endsWith(".tmp") && !name.startsWith("lock."))
      .join(),
    metrics: JSON.stringify(
      lines.map((line) => ({ ...epochSchema.parse(JSON.parse(line)), seconds: 0, examplesPerSecond: 0 })),
    ),
    result: JSON.stringify({ ...result, seconds: 0 }),
    predictions: await read("predictions.jsonl"),
    weights: weights.toString("base64"),
    last: `${last} ${(await readFile(path.join(folder, "checkpoints", last, "state.bin"))).toString("base64")}`,
  };
}

function compare(expected: Record<string, string>, found: Record<string, string>): string | null {
  const different = Object.keys(expected).filter((part) => expected[part] !== found[part]);
  return different.length === 0 ? null : `other ${different.join(", ")} than without a stop`;
}

const isProgram = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isProgram) {
  const engine = z.enum(engineNames).parse(process.argv[2] ?? "auto");
  const { operations, points, failures } = await sweepKills(engine, Number(process.argv[3] ?? 1));
  for (const failure of failures) console.log(failure);
  console.log(
    `${engine}: stopped at ${points} of ${operations} file operations, ${failures.length} failures`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}
