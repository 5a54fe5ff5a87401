import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { at } from "../../../common/at.ts";
import { createRandom } from "../../../common/random.ts";
import { readCheckpoint } from "../../../training/checkpoints/checkpoint.ts";
import { createLessons } from "../../../training/data/backbone-lessons.ts";
import { loadEngine } from "../../../training/engine.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { createTrainStep } from "../../../training/loop/train-step.ts";
import { createTrainingState, disposeTrainingState } from "../../../training/loop/training-state.ts";
import { createToneJob, createToneSet, toneBands } from "../tone-set.ts";

let root = "";
beforeAll(async () => {
  await loadEngine("onnxruntime");
  root = await mkdtemp(path.join(tmpdir(), "earshot-taught-"));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const dimensions = 40;
const { clips, labels } = createToneSet();

/** Each class is louder in every third number. */
const embeddings = new Map(
  clips.map(({ id, label }) => {
    const random = createRandom(2, id);
    const isOwn = (index: number): boolean => index % labels.length === labels.indexOf(label);
    return [
      id,
      Float64Array.from({ length: dimensions }, (_, index) => (isOwn(index) ? 2 : 1) + 0.5 * random.normal()),
    ];
  }),
);

it("gives soft labels that add up to 1, and embeddings whose distances are those of the originals", () => {
  const taught = clips.slice(0, 30).map(({ id, label, source }) => ({
    clip: id,
    source,
    label: labels.indexOf(label),
  }));
  const lessons = [...createLessons([...taught, ...taught], embeddings, 3).values()];
  expect(lessons).toHaveLength(30);
  for (const { probabilities } of lessons)
    expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
  const right = lessons.filter(
    ({ probabilities }, row) => at(probabilities, at(taught, row).label) === Math.max(...probabilities),
  );
  expect(right.length).toBeGreaterThan(25);
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, value, index) => sum + (value - (b[index] ?? NaN)) ** 2, 0);
  const unit = taught.map(({ clip }) => {
    const own = embeddings.get(clip) ?? new Float64Array();
    return own.map((value) => value / Math.hypot(...own));
  });
  const ratios = [1, 2, 3, 17].map(
    (row) =>
      distance(at(lessons, 0).embedding, at(lessons, row).embedding) / distance(at(unit, 0), at(unit, row)),
  );
  for (const ratio of ratios) expect(ratio / at(ratios, 0)).toBeCloseTo(1, 4);
  const length = lessons.reduce(
    (sum, { embedding }) =>
      sum +
      distance(
        embedding,
        embedding.map(() => 0),
      ),
    0,
  );
  expect(length / lessons.length).toBeCloseTo(1, 4);
});

const job = createToneJob({
  epochs: 4,
  teacherBackbone: { file: "teacher.onnx", sha256: "0".repeat(64), embeddingWeight: 0.5 },
});

/** The regression's bias is 0 at first, so plain SGD puts it at -rate x its gradient, which is known from the answers. */
it.each(["onnxruntime", "cpu"])(
  "moves the regression by the gradient of the mean squared distance (%s)",
  async (engine) => {
    await tf.setBackend(engine);
    const state = createTrainingState(
      {
        ...job,
        optimiser: createToneJob({ optimiser: { name: "sgd" } }).optimiser,
        network: { ...job.network, dropout: 0 },
      },
      2,
    );
    const random = createRandom(3, "batch");
    const batch = {
      values: Float32Array.from({ length: 4 * 24 * toneBands }, random.normal),
      shape: [4, 24, toneBands] as const,
      targets: Float32Array.from({ length: 4 * 5 }, (_, index) => (index % 5 < 3 ? 1 / 3 : random.normal())),
      negatives: 0,
    };
    const { regression } = state;
    if (regression === null) throw new Error("expected a regression");
    const [kernel, bias] = regression.weights;
    const features = state.model.getLayer("logits").input;
    if (Array.isArray(features)) throw new Error("expected one input");
    const pooled = tf.model({ inputs: state.model.inputs, outputs: features });
    const answer = pooled.apply(tf.tensor3d(batch.values, [4, 24, toneBands]), { training: true });
    if (!(answer instanceof tf.Tensor)) throw new Error("expected a tensor");
    const width = answer.shape.at(-1) ?? 0;
    const rows = await answer.data();
    const weights = await kernel.variable.data();
    const gradient = [0, 1].map((number) => {
      const errors = [0, 1, 2, 3].map((clip) => {
        let predicted = 0;
        for (let channel = 0; channel < width; channel++)
          predicted += at(rows, clip * width + channel) * at(weights, channel * 2 + number);
        return predicted - at(batch.targets, clip * 5 + 3 + number);
      });
      return errors.reduce((sum, error) => sum + (0.5 * 2 * error) / 4, 0);
    });
    await createTrainStep(state)(batch, 0.1, 0);
    const moved = await bias.variable.data();
    for (const [number, value] of gradient.entries()) expect(moved[number]).toBeCloseTo(-0.1 * value, 5);
    disposeTrainingState(state);
    await tf.setBackend("onnxruntime");
  },
);

it("trains, goes on after an interruption to the same bits, and leaves a network without the regression", async () => {
  const whole = path.join(root, "whole");
  const outcome = await runJob(job, createToneSet(), whole, { embeddings });
  expect(outcome.status).toBe("finished");
  const interruption = new AbortController();
  const parts = path.join(root, "parts");
  await runJob(job, createToneSet(), parts, {
    embeddings,
    signal: interruption.signal,
    onEvent: ({ kind }) => {
      if (kind === "epoch") interruption.abort();
    },
  });
  expect((await runJob(job, createToneSet(), parts, { embeddings })).status).toBe("finished");
  const plain = path.join(root, "plain");
  await runJob({ ...job, teacherBackbone: null }, createToneSet(), plain);
  const read = async (folder: string) => {
    const { model } = await readCheckpoint(folder);
    return Promise.all(
      model.weights.map(async (weight) => [weight.originalName, [...(await weight.read().data())]]),
    );
  };
  const [taught, resumed, untaught] = [await read(whole), await read(parts), await read(plain)];
  expect(resumed).toEqual(taught);
  expect(untaught.map(([name]) => name)).toEqual(taught.map(([name]) => name));
  expect(untaught).not.toEqual(taught);
});
