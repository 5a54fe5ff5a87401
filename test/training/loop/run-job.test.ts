import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { epochMetricsSchema } from "../../../run-files/epoch-metrics.ts";
import { readCheckpoint } from "../../../training/checkpoints/checkpoint.ts";
import { nameCheckpoint } from "../../../training/checkpoints/checkpoint-store.ts";
import { evaluate } from "../../../training/scoring/evaluate.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { createTfjsScorer } from "../../../training/scoring/tfjs-scorer.ts";
import { finish, readWeights, useJobFolders } from "../job-folders.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

const { newFolder } = useJobFolders();

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
    const augmentation = { speeds: [1, 0.5], cropFrames: 12, mixFraction: 1, equaliserDecades: 0.5 };
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

  it("reports its progress, with the time that remains", async () => {
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
