import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import { UserError } from "../../features/user-error.ts";
import { epochMetricsSchema } from "../../training/epoch-metrics.ts";
import { readCheckpoint } from "../../training/checkpoint.ts";
import { nameCheckpoint } from "../../training/checkpoint-store.ts";
import { loadEngine } from "../../training/engine.ts";
import { evaluate } from "../../training/evaluate.ts";
import { parseJob } from "../../training/job.ts";
import { runJob, type JobOutcome } from "../../training/run-job.ts";
import { createTfjsScorer } from "../../training/tfjs-scorer.ts";
import { createToneJob, createToneSet } from "./tone-set.ts";

let root = "";
beforeAll(async () => {
  await loadEngine("auto");
  root = await mkdtemp(path.join(tmpdir(), "earshot-train-"));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});
let folders = 0;
const newFolder = (): string => path.join(root, String(folders++));

function finish(outcome: JobOutcome): Extract<JobOutcome, { result: object }>["result"] {
  if (outcome.status === "interrupted") throw new Error("expected a finished job");
  return outcome.result;
}

async function readWeights(folder: string, epoch: number): Promise<Buffer> {
  return await readFile(path.join(folder, "checkpoints", nameCheckpoint(epoch), "weights.bin"));
}

describe("a job", () => {
  it("learns the tones, and its checkpoint scores the test fold as its result says", async () => {
    const folder = newFolder();
    const set = createToneSet();
    const job = createToneJob({ epochs: 30, optimiser: { name: "adam", learningRate: 0.01 } });
    const result = finish(await runJob(job, set, folder));
    expect(result.test?.accuracy).toBeGreaterThan(0.9);

    const trained = await readCheckpoint(folder);
    expect(trained.labels).toEqual(set.labels);
    expect(trained.metrics.testAccuracy).toBe(result.test?.accuracy);
    const test = [...set.clips.keys()].filter((index) => set.clips[index]?.fold === 1);
    const evaluation = await evaluate(createTfjsScorer(trained), set, test);
    expect(evaluation.accuracy).toBe(result.test?.accuracy);
    expect(evaluation.loss).toBeCloseTo(result.test?.loss ?? NaN, 6);
    expect(evaluation.confusion).toEqual(result.test?.confusion);
  });

  it("writes one line of metrics an epoch", async () => {
    const folder = newFolder();
    await runJob(createToneJob({ epochs: 3 }), createToneSet(), folder);
    const lines = (await readFile(path.join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => epochMetricsSchema.parse(JSON.parse(line)))).toMatchObject([
      { epoch: 1 },
      { epoch: 2 },
      { epoch: 3 },
    ]);
  });

  it("leaves no tensors behind", async () => {
    await runJob(createToneJob({ epochs: 1 }), createToneSet(), newFolder());
    const before = tf.memory().numTensors;
    await runJob(createToneJob({ epochs: 2 }), createToneSet(), newFolder());
    expect(tf.memory().numTensors).toBe(before);
  });

  it("is left alone when it has finished", async () => {
    const folder = newFolder();
    const first = await runJob(createToneJob({ epochs: 2 }), createToneSet(), folder);
    const weights = await readWeights(folder, 2);
    const before = await stat(path.join(folder, "checkpoints", nameCheckpoint(2), "weights.bin"));
    const second = await runJob(createToneJob({ epochs: 2 }), createToneSet(), folder);
    expect(second).toEqual({ ...first, status: "already finished" });
    const after = await stat(path.join(folder, "checkpoints", nameCheckpoint(2), "weights.bin"));
    expect(after.mtimeMs).toBe(before.mtimeMs);
    expect((await readWeights(folder, 2)).equals(weights)).toBe(true);
  });

  it("trains by the whole recipe, on clips at several speeds", async () => {
    const augmentation = { speeds: [1, 0.5], cropFrames: 12, mixShare: 1, equaliserDecades: 0.5 };
    const job = createToneJob({
      epochs: 40,
      viewsPerEpoch: 2,
      optimiser: { name: "adamw", learningRate: 0.01, weightDecay: 0.02 },
      schedule: { kind: "warm-up-cosine" },
      clipGradientNorm: 1,
      weightAverage: {},
      labelSmoothing: 0.05,
      augmentation,
      select: "last",
      testCrops: 4,
    });
    const variants = new Map([[0.5, createToneSet({ frames: 48 })]]);
    const result = finish(await runJob(job, createToneSet(), newFolder(), { variants }));
    expect(result.test?.accuracy).toBeGreaterThan(0.8);
    expect(result.testCrops?.accuracy).toBeGreaterThan(0.8);
  });

  it("ends early when validation no longer improves", async () => {
    const job = createToneJob({
      epochs: 50,
      earlyStopping: { patienceEpochs: 2 },
      optimiser: { name: "sgd", learningRate: 1e-12 },
    });
    const result = finish(await runJob(job, createToneSet(), newFolder()));
    expect(result.epochs).toBeLessThan(50);
    expect(result.epochs - result.bestEpoch).toBe(2);
  });

  it("is saved as a model that TF.js itself loads", async () => {
    const folder = newFolder();
    const result = finish(await runJob(createToneJob({ epochs: 1 }), createToneSet(), folder));
    const handler = { load: async () => await readArtifacts(path.join(folder, result.checkpoint)) };
    const loaded = await tf.loadLayersModel(handler);
    const ours = await readCheckpoint(folder);
    const x = tf.randomNormal([2, 24, 8]);
    const [a, b] = [await predict(loaded, x), await predict(ours.model, x)];
    expect(a).toEqual(b);
  });

  it("tells its progress, with the time that remains", async () => {
    const steps: number[] = [];
    let last = Infinity;
    await runJob(createToneJob({ epochs: 2 }), createToneSet(), newFolder(), {
      onEvent: (event) => {
        if (event.kind !== "step") return;
        steps.push(event.progress.step);
        last = event.progress.remainingSeconds;
      },
    });
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(last).toBe(0);
  });

  it("stops after the running epoch when asked, and goes on to the same weights", async () => {
    const job = createToneJob({ epochs: 4, checkpointSeconds: 1000, select: "last" });
    const [whole, parted] = [newFolder(), newFolder()];
    await runJob(job, createToneSet(), whole);
    const stop = new AbortController();
    const first = await runJob(job, createToneSet(), parted, {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === "step" && event.progress.step === 7) stop.abort();
      },
    });
    expect(first).toEqual({ status: "interrupted", epochs: 2 });
    await runJob(job, createToneSet(), parted);
    expect((await readWeights(parted, 4)).equals(await readWeights(whole, 4))).toBe(true);
  });
});

describe("a run folder that is damaged or another job's", () => {
  /** A folder whose run stopped after 3 of 6 epochs. */
  async function stopEarly(): Promise<string> {
    const folder = newFolder();
    const stop = new AbortController();
    await runJob(createToneJob(), createToneSet(), folder, {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === "epoch" && event.metrics.epoch === 2) stop.abort();
      },
    });
    return folder;
  }

  async function collectNotices(folder: string): Promise<string[]> {
    const notices: string[] = [];
    await runJob(createToneJob(), createToneSet(), folder, {
      onEvent: (event) => {
        if (event.kind === "notice") notices.push(event.message);
      },
    });
    return notices;
  }

  it.each([
    ["weights.bin", "the file was cut"],
    ["state.bin", "the file was cut"],
    ["checkpoint.json", "expected JSON"],
  ])("falls back when %s is cut in half, to the same weights", async (file, reason) => {
    const whole = newFolder();
    await runJob(createToneJob(), createToneSet(), whole);
    const folder = await stopEarly();
    const damaged = path.join(folder, "checkpoints", nameCheckpoint(2), file);
    await truncate(damaged, Math.floor((await readFile(damaged)).length / 2));
    await expect(readCheckpoint(path.join(folder, "checkpoints", nameCheckpoint(2)))).rejects.toThrow(reason);
    const notices = await collectNotices(folder);
    expect(notices[0]).toContain(reason);
    expect(notices[1]).toBe("going on after epoch 1 of 6");
    expect((await readWeights(folder, 6)).equals(await readWeights(whole, 6))).toBe(true);
  });

  it("notices one changed byte", async () => {
    const folder = await stopEarly();
    const file = path.join(folder, "checkpoints", nameCheckpoint(2), "weights.bin");
    const bytes = await readFile(file);
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect((await collectNotices(folder))[0]).toContain("the file was changed");
  });

  it("drops lines of metrics that a killed run left", async () => {
    const folder = await stopEarly();
    await appendFile(path.join(folder, "metrics.jsonl"), '{"epoch":3,"trainLo');
    await collectNotices(folder);
    const lines = (await readFile(path.join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(6);
  });

  it("refuses another config, showing the difference, while running and when finished", async () => {
    const folder = await stopEarly();
    const other = createToneJob({ optimiser: { name: "adam", learningRate: 0.01 }, seed: 4 });
    const difference = /job\.seed: 0 there, 4 now\njob\.optimiser\.learningRate: 0\.001 there, 0\.01 now/;
    await expect(runJob(other, createToneSet(), folder)).rejects.toThrow(difference);
    await runJob(createToneJob(), createToneSet(), folder);
    await expect(runJob(other, createToneSet(), folder)).rejects.toThrow(difference);
  });

  it("refuses other data", async () => {
    const folder = await stopEarly();
    await expect(runJob(createToneJob(), createToneSet({ clips: 90 }), folder)).rejects.toThrow("dataHash: ");
  });

  it("says what a folder without checkpoints lacks", async () => {
    await expect(readCheckpoint(root)).rejects.toThrow("expected a trained network");
  });
});

describe("bad input ends in one clear message", () => {
  const attempt = (overrides: Record<string, unknown>, set = createToneSet()): Promise<JobOutcome> =>
    runJob(createToneJob(overrides), set, newFolder());

  it.each([
    [{ epochs: 0 }, "job.epochs: "],
    [{ optimiser: { name: "adam", learningRate: 0 } }, "job.optimiser.learningRate: "],
    [{ optimiser: { name: "lion" } }, "job.optimiser.name: "],
    [{ epoch: 3 }, "job.: Unrecognized key"],
    [
      { folds: { test: [1], validation: [1] } },
      "expected other folds to validate than to test, got 1 in both",
    ],
  ])("settings %o", (overrides, message) => {
    expect(() => parseJob(overrides)).toThrow(UserError);
    expect(() => parseJob(overrides)).toThrow(message);
  });

  it("lists all wrong settings at once", () => {
    expect(() => parseJob({ epochs: 0, batchSize: 0 })).toThrow(/job\.epochs.*\njob\.batchSize/);
  });

  it("a fold without clips, twice", async () => {
    const folds = { test: [9], validation: [8] };
    await expect(attempt({ folds })).rejects.toThrow(/folds\.test: .*got 9\nfolds\.validation: .*got 8/);
  });

  it("no fold left to train", async () => {
    const folds = { test: [1, 2, 3], validation: [4, 5] };
    await expect(attempt({ folds })).rejects.toThrow("training folds: expected clips, got none");
  });

  it("one class", async () => {
    const tones = createToneSet();
    const clips = tones.clips.map((clip) => ({ ...clip, label: "low" }));
    const set: FeatureSet = { ...tones, labels: ["low"], clips };
    await expect(attempt({}, set)).rejects.toThrow("classes: expected at least two, got low");
  });

  it("a class that no training clip shows", async () => {
    const tones = createToneSet();
    const set: FeatureSet = { ...tones, labels: [...tones.labels, "quiet"] };
    await expect(attempt({}, set)).rejects.toThrow("got none of quiet");
  });

  it("features that are all equal, and features that are no numbers", async () => {
    const filled = (value: number): FeatureSet => ({
      ...createToneSet(),
      read: () => Promise.resolve({ values: new Float32Array(24 * 8).fill(value), frames: 24, bands: 8 }),
    });
    await expect(attempt({}, filled(3))).rejects.toThrow("expected sounds that differ");
    await expect(attempt({}, filled(NaN))).rejects.toThrow("expected finite values");
  });

  it("a batch larger than the set and a network of other sizes, together", async () => {
    const network = { architecture: "cnn", bands: 9, classes: 4 };
    await expect(attempt({ batchSize: 37, network })).rejects.toThrow(
      /network\.classes: expected 3.*\nnetwork\.bands: expected 8.*\nbatchSize: expected at most 36/,
    );
  });

  it("augmentation of scalar features, and speeds without features", async () => {
    const features = { melBands: 8, scalarFeatures: ["rms"] };
    await expect(attempt({ features, augmentation: {} })).rejects.toThrow(
      /bands: expected 9.*\naugmentation: /,
    );
    await expect(attempt({ augmentation: { speeds: [1, 0.9, 1.1] } })).rejects.toThrow(
      "augmentation.speeds: expected speeds with features (1), got 0.9, 1.1",
    );
  });

  it("a learning rate of 1e9, naming epoch and step, with earlier checkpoints kept", async () => {
    await expect(attempt({ optimiser: { name: "sgd", learningRate: 1e9 } })).rejects.toThrow(
      /epoch 1, step 2: training has diverged/,
    );
  });
});

async function predict(model: tf.LayersModel, x: tf.Tensor): Promise<ArrayLike<number>> {
  const logits = model.predict(x);
  if (!(logits instanceof tf.Tensor)) throw new TypeError("expected one output tensor");
  return await logits.data();
}

const modelFileSchema = z.object({
  modelTopology: z.looseObject({}),
  weightsManifest: z.tuple([
    z.object({
      weights: z.array(
        z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.literal("float32") }),
      ),
    }),
  ]),
});

async function readArtifacts(folder: string): Promise<tf.io.ModelArtifacts> {
  const text = await readFile(path.join(folder, "model.json"), "utf8");
  const { modelTopology, weightsManifest } = modelFileSchema.parse(JSON.parse(text));
  const weights = await readFile(path.join(folder, "weights.bin"));
  return {
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: Uint8Array.from(weights).buffer,
  };
}
