import { at } from "../../../common/at.ts";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Scorer } from "../../../features/scorer.ts";
import { clipGradients } from "../../../training/loop/train-step.ts";
import { createCropScorer } from "../../../training/scoring/crop-scorer.ts";
import { loadEngine } from "../../../training/engine.ts";
import { parseJob } from "../../../run-files/job.ts";
import { recipes } from "../../../training/jobs/recipes.ts";
import { createTargets } from "../../../training/data/batch-source.ts";
import { computeAverageRate, updateAverage } from "../../../training/loop/weight-average.ts";

beforeAll(async () => {
  await loadEngine("auto");
});

describe("clipGradients", () => {
  it.each([
    [1, 1 / 13],
    [13, 1],
    [100, 1],
  ])("to a norm of %f", async (limit, factor) => {
    const [a, b] = clipGradients([tf.tensor1d([3, 4]), tf.tensor2d([[12]])], limit);
    const values = [...((await a?.data()) ?? []), ...((await b?.data()) ?? [])];
    [3, 4, 12].forEach((value, index) => {
      expect(values[index]).toBeCloseTo(value * factor, 5);
    });
  });
});

describe("updateAverage", () => {
  it("follows the formula and copies what is not trained", async () => {
    const average = new Map([
      ["w", tf.variable(tf.tensor1d([0]))],
      ["moving_mean", tf.variable(tf.tensor1d([0]))],
    ]);
    let expected = 0;
    for (let step = 0; step < 40; step++) {
      const weights = new Map([
        ["w", tf.variable(tf.tensor1d([step]))],
        ["moving_mean", tf.variable(tf.tensor1d([-step]))],
      ]);
      tf.tidy(() => {
        updateAverage(average, weights, new Set(["w"]), tf.scalar(computeAverageRate(step, 0.6)));
      });
      const decay = Math.min(0.6, (1 + step) / (10 + step));
      expected = decay * expected + (1 - decay) * step;
    }
    expect((await average.get("w")?.data())?.[0]).toBeCloseTo(expected, 4);
    expect((await average.get("moving_mean")?.data())?.[0]).toBe(-39);
  });
});

describe("createTargets", () => {
  const examples = [0, 0, 0, 1].map((label) => ({ labels: [label] }));
  const network = { architecture: "cnn", classes: 2 };

  it("spreads the smoothing over all classes", () => {
    const first = createTargets(examples, parseJob({ network, labelSmoothing: 0.1 }))([0]);
    expect(first[0]).toBeCloseTo(0.95, 6);
    expect(first[1]).toBeCloseTo(0.05, 6);
  });

  it("balances classes: the sums over the examples are equal", () => {
    const encode = createTargets(examples, parseJob({ network, classWeights: "balanced" }));
    const [common, rare] = [encode([0]), encode([1])];
    expect(3 * at(common, 0)).toBeCloseTo(at(rare, 1), 6);
    expect(3 * at(common, 0) + at(rare, 1)).toBeCloseTo(4, 6);
  });

  it("refuses to weigh clips that have no one class", () => {
    expect(() => parseJob({ network, labelling: "several", classWeights: "balanced" })).toThrow(
      "--set classWeights: expected sampled or equal with --multi-label, got balanced",
    );
  });

  it("asks yes or no of each class where clips may have several, or none", () => {
    const job = parseJob({ network: { ...network, classes: 3 }, labelling: "several", labelSmoothing: 0.1 });
    const encode = createTargets([{ labels: [0, 2] }, { labels: [] }], job);
    for (const [labels, expected] of [
      [
        [0, 2],
        [0.95, 0.05, 0.95],
      ],
      [[], [0.05, 0.05, 0.05]],
    ] as const)
      for (const [index, value] of expected.entries())
        expect(at(encode(labels), index)).toBeCloseTo(value, 6);
  });
});

describe("createCropScorer", () => {
  it("averages the softmax of crops that wrap round", async () => {
    const seen: number[][] = [];
    // Two classes; the logit of class 0 is the crop's first value.
    const scorer: Scorer = {
      score: (features, [clips, frames, bands]) => {
        seen.push([...features]);
        const first = Array.from({ length: clips }, (_, clip) => features[clip * frames * bands] ?? NaN);
        return Promise.resolve(Float32Array.from(first.flatMap((value) => [value, 0])));
      },
      dispose: () => Promise.resolve(),
    };
    const logits = await createCropScorer(scorer, { crops: 2, cropFrames: 3 }).score(
      Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13),
      [2, 4, 1],
    );
    expect(seen).toEqual([
      [0, 1, 2, 10, 11, 12],
      [2, 3, 0, 12, 13, 10],
    ]);
    const fraction = (0.5 + 1 / (1 + Math.exp(-2))) / 2;
    expect(logits[0]).toBeCloseTo(Math.log(fraction), 6);
    expect(logits[1]).toBeCloseTo(Math.log(1 - fraction), 6);
  });
});

it("every recipe is a job that parses", () => {
  for (const { job, network } of Object.values(recipes))
    expect(() => parseJob({ ...job, network: { architecture: "cnn", ...network } })).not.toThrow();
  expect(recipes.best.features).toEqual({ padding: "loop", clipLevel: 1e5, clipMeanFraction: 0.75 });
});
