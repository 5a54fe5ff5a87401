import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FeatureSet } from "../../../datasets/feature-set.ts";
import type { Scorer } from "../../../features/scorer.ts";
import { loadEngine } from "../../../training/engine.ts";
import { evaluate } from "../../../training/scoring/evaluate.ts";
import { computeMetrics } from "../../../training/scoring/metrics.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

/** A network of two classes that answers with a window's first two values. */
const echo: Scorer = {
  score: (values, [windows, frames, bands]) =>
    Promise.resolve(
      Float32Array.from({ length: 2 * windows }, (_, position) => {
        const window = Math.floor(position / 2);
        return values[window * frames * bands + (position % 2)] ?? NaN;
      }),
    ),
  dispose: () => Promise.resolve(),
};

interface LongClip {
  readonly label: number;
  /** The logits of its windows. */
  readonly windows: readonly (readonly [number, number])[];
}

/** A feature set of clips cut into windows, in the order given; a clip of one window has no parent. */
function makeSet(clips: readonly LongClip[]): FeatureSet {
  const labels = ["a", "b"];
  const windows = clips.flatMap(({ label, windows }, index) => {
    const id = `clip ${index}.wav`;
    const clip = { id, path: id, label: labels[label] ?? "", fold: 1, source: id };
    return windows.map((values, window) => ({
      clip: windows.length === 1 ? clip : { ...clip, id: `${id}#${window + 1}`, parent: id },
      features: { values: Float32Array.from(values), frames: 1, bands: 2 },
    }));
  });
  return {
    labels,
    clips: windows.map(({ clip }) => clip),
    read: (index) => Promise.resolve(windows[index]?.features ?? expect.fail("no such window")),
  };
}

const logit = fc.double({ min: -10, max: 10, noNaN: true });
const longClip = fc.record({
  label: fc.nat(1),
  windows: fc.array(fc.tuple(logit, logit), { minLength: 1, maxLength: 40 }),
});

describe("evaluate", () => {
  it("answers once a clip, by the mean of its windows' logits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(longClip, { minLength: 1, maxLength: 6 }), async (clips) => {
        const set = makeSet(clips);
        const { clipIds, logits, ...metrics } = await evaluate(echo, set, [...set.clips.keys()]);
        const means = clips.map(({ windows }) =>
          [0, 1].map(
            (side) => windows.reduce((sum, window) => sum + (window[side] ?? NaN), 0) / windows.length,
          ),
        );
        expect(clipIds).toEqual(clips.map((_, index) => `clip ${index}.wav`));
        for (const [position, mean] of means.flat().entries()) expect(logits[position]).toBeCloseTo(mean, 4);
        const labels = clips.map(({ label }) => label);
        expect(metrics).toEqual(computeMetrics(logits, labels, 2));
      }),
      { numRuns: 50 },
    );
  });

  it("is right about a clip most of whose windows are wrong, when the others are surer", async () => {
    const set = makeSet([
      {
        label: 0,
        windows: [
          [9, 0],
          [0, 1],
          [0, 1],
        ],
      },
    ]);
    expect(await evaluate(echo, set, [0, 1, 2])).toMatchObject({ clips: 1, accuracy: 1 });
    expect(await evaluate(echo, set, [1, 2])).toMatchObject({ clips: 1, accuracy: 0 });
  });
});

describe("a job on clips of two windows", () => {
  it("counts whole clips in validation, test and test crops", async () => {
    await loadEngine("auto");
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-long-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const windows = createToneSet({ clips: 60 });
    const halves = { ...windows, clips: windows.clips.map(pairUp) };
    const augmentation = { cropFrames: 12 };
    const job = createToneJob({ epochs: 2, augmentation, testCrops: 2 });
    const outcome = await runJob(job, halves, folder);
    if (outcome.status !== "finished") expect.fail(outcome.status);
    const { validation, test, testCrops } = outcome.result;
    for (const part of [validation, test, testCrops]) {
      expect(part?.clips).toBe(6); // of 12 windows
      expect(part?.confusion?.flat().reduce((sum, count) => sum + count, 0)).toBe(6);
    }
  });
});

/** Windows 0 and 30, 1 and 31 and so on, which share class and fold, become one clip. */
function pairUp(clip: FeatureSet["clips"][number], index: number): FeatureSet["clips"][number] {
  const parent = `long ${index % 30}`;
  return { ...clip, id: `${parent}#${1 + Math.floor(index / 30)}`, parent, source: parent };
}
