import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../common/user-error.ts";
import { readCheckpoint } from "../../../training/checkpoints/checkpoint.ts";
import { loadEngine } from "../../../training/engine.ts";
import { predictLogits } from "../../../training/scoring/predict-logits.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { loadTeachers } from "../../../training/loop/teachers.ts";
import { createTrainingState, disposeTrainingState } from "../../../training/loop/training-state.ts";
import { warmStart } from "../../../training/loop/warm-start.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

let root = "";
const teacher = (seed: number): string => path.join(root, `teacher-${seed}`);
const teacherJob = (seed: number) => createToneJob({ epochs: 2, seed });
beforeAll(async () => {
  await loadEngine("auto");
  root = await mkdtemp(path.join(tmpdir(), "earshot-teach-"));
  for (const seed of [1, 2]) await runJob(teacherJob(seed), createToneSet(), teacher(seed));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A student's settings; `network` says which of the tone job's it has. */
const student = (settings: object) => ({ ...teacherJob(7), ...settings });

describe("distillation", () => {
  const values = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i));

  it("mixes the targets with the mean softmax of the teachers on the same input", async () => {
    const folders = [1, 2].map(teacher);
    const trained = await readCheckpoint(teacher(1));
    const { bands, classes } = trained.job.network;
    const job = student({ distillation: { teachers: folders, fraction: 0.75 } });
    const teachers = await loadTeachers(job, trained.standardisation);
    const shape = [3, 40, bands] as const;
    const input = values(3 * 40 * bands);
    const targets = Float32Array.from({ length: 3 * classes }, (_, i) => (i % classes === 0 ? 1 : 0));
    const softened = await teachers?.soften({ values: input, shape, targets, negatives: 0 });

    const answers = await Promise.all(
      folders.map(async (folder) => await predictLogits((await readCheckpoint(folder)).model, input, shape)),
    );
    const softmax = (row: readonly number[], index: number): number =>
      Math.exp(row[index] ?? NaN) / row.reduce((sum, value) => sum + Math.exp(value), 0);
    targets.forEach((target, at) => {
      const start = at - (at % classes);
      const mean = answers
        .map((logits) => softmax([...logits.subarray(start, start + classes)], at % classes))
        .reduce((sum, fraction) => sum + fraction / answers.length, 0);
      expect(softened?.targets[at]).toBeCloseTo(0.25 * target + 0.75 * mean, 5);
    });
    teachers?.dispose();
  });

  it("trains, and refuses teachers that were trained on other clips or features", async () => {
    const distillation = { teachers: [teacher(1)], fraction: 0.8 };
    const outcome = await runJob(student({ distillation }), createToneSet(), path.join(root, "student"));
    expect(outcome.status).toBe("finished");
    const otherFolds = student({ distillation, folds: { test: [1], validation: [3], excludedSources: [] } });
    await expect(runJob(otherFolds, createToneSet(), path.join(root, "other"))).rejects.toThrow(
      "expected the same training clips",
    );
    const otherTest = student({ distillation, folds: { test: [3], validation: [2], excludedSources: [] } });
    await expect(runJob(otherTest, createToneSet(), path.join(root, "another"))).rejects.toThrow(
      "testFolds: [1] there, [3] now",
    );
  });
});

describe("a warm start", () => {
  it("takes what fits by name and shape, and nothing else", async () => {
    const { job, model, dataHash } = await readCheckpoint(teacher(1));
    const state = createTrainingState({ ...job, seed: 9 });
    const next = { folds: job.folds, dataHash };
    expect(await warmStart(state, teacher(1), next)).toEqual({ taken: model.weights.length, warning: null });
    for (const [index, weight] of model.weights.entries()) {
      const taken = await state.model.weights[index]?.read().data();
      expect(taken).toEqual(await weight.read().data());
    }
    disposeTrainingState(state);
    model.dispose();
  });

  it("gives a Transformer the trunk of a CNN", async () => {
    const { job, dataHash } = await readCheckpoint(teacher(1));
    const network = { ...job.network, architecture: "cnn-transformer" as const };
    const state = createTrainingState({
      ...job,
      seed: 9,
      network: { ...network, heads: 1, encoderLayers: 1, feedForwardWidth: 8, encoderDropout: 0 },
    });
    const { taken } = await warmStart(state, teacher(1), { folds: job.folds, dataHash });
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(state.stored.size);
    disposeTrainingState(state);
  });

  // The teacher trained on fold 3, chose its epoch by fold 2 and was tested on fold 1.
  it.each([
    [[1], [2], null],
    [[1], [], null],
    [[], [], null],
    [[3], [2], /trained on fold 3/],
    [[1], [3], /trained on fold 3/],
    [[2], [1], /chosen by fold 2/],
    [[2], [3], /trained on fold 3 and chosen by fold 2/],
  ])(
    "tests on %j, validates on %j: refused where the network has seen these clips",
    async (test, validation, refusal) => {
      const warmStart = teacher(1);
      const job = student({ warmStart, epochs: 1, folds: { test, validation, excludedSources: [] } });
      const training = runJob(
        job,
        createToneSet(),
        path.join(root, `warm-${test.join("")}-${validation.join("")}`),
      );
      if (refusal === null) expect((await training).status).toBe("finished");
      else {
        await expect(training).rejects.toThrow(UserError);
        await expect(training).rejects.toThrow(refusal);
      }
    },
  );

  it("warns when the network was trained on other data", async () => {
    const { clips, ...rest } = createToneSet();
    const others = { ...rest, clips: clips.map((clip) => ({ ...clip, id: `other ${clip.id}` })) };
    const notices: string[] = [];
    await runJob(student({ warmStart: teacher(1), epochs: 1 }), others, path.join(root, "warm-other"), {
      onEvent: (event) => {
        if (event.kind === "notice") notices.push(event.message);
      },
    });
    expect(notices).toContainEqual(expect.stringMatching(/^warning: --warm-start .*another data set/));
  });

  it("refuses a folder without a trained job", async () => {
    const state = createTrainingState(teacherJob(1));
    await expect(
      warmStart(state, path.join(root, "nowhere"), { folds: teacherJob(1).folds, dataHash: "" }),
    ).rejects.toThrow(UserError);
    disposeTrainingState(state);
  });
});
