import { describe, expect, it } from "vitest";
import type { FeatureSet } from "../../../datasets/feature-set.ts";
import { UserError } from "../../../common/user-error.ts";
import { parseJob } from "../../../run-files/job.ts";
import { runJob, type JobOutcome } from "../../../training/loop/run-job.ts";
import { useJobFolders } from "../job-folders.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

const { newFolder } = useJobFolders();

describe("bad input ends in one clear message", () => {
  const attempt = (overrides: Record<string, unknown>, set = createToneSet()): Promise<JobOutcome> =>
    runJob(createToneJob(overrides), set, newFolder());

  it.each([
    [{ epochs: 0 }, "--epochs, job.epochs: "],
    [{ optimiser: { name: "adam", learningRate: 0 } }, "--learning-rate, job.optimiser.learningRate: "],
    [{ optimiser: { name: "lion" } }, "--set, job.optimiser.name: "],
    [{ epoch: 3 }, "--set, job: Unrecognized key"],
    [
      { folds: { test: [1], validation: [1] } },
      "expected other folds to validate than to test, got 1 in both",
    ],
  ])("settings %o", (overrides, message) => {
    expect(() => parseJob(overrides)).toThrow(UserError);
    expect(() => parseJob(overrides)).toThrow(message);
  });

  it("lists all wrong settings at once", () => {
    expect(() => parseJob({ epochs: 0, batchSize: 0 })).toThrow(
      /^--epochs, job\.epochs: .*\n--batch-size, job\.batchSize: /,
    );
  });

  it("a fold without clips, twice", async () => {
    const folds = { test: [9], validation: [8] };
    await expect(attempt({ folds })).rejects.toThrow(
      /^--test-fold, job\.folds\.test: .*got 9\n--validation-fold, job\.folds\.validation: .*got 8/,
    );
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
      /job\.network\.classes: expected 3.*\njob\.network\.bands: expected 8.*\n--batch-size, job\.batchSize: expected at most 36/,
    );
  });

  it("augmentation of scalar features, and speeds without features", async () => {
    const features = { melBands: 8, scalarFeatures: ["rms"] };
    await expect(attempt({ features, augmentation: {} })).rejects.toThrow(
      /job\.network\.bands: expected 9.*\njob\.augmentation: /,
    );
    await expect(attempt({ augmentation: { cropFrames: 8, speeds: [1, 0.9, 1.1] } })).rejects.toThrow(
      "augmentation.speeds: expected speeds with features (1), got 0.9, 1.1",
    );
  });

  it("a learning rate of 1e9, naming epoch and step, with earlier checkpoints kept", async () => {
    await expect(attempt({ optimiser: { name: "sgd", learningRate: 1e9 } })).rejects.toThrow(
      /epoch 1, step 2: training has diverged/,
    );
  });
});
