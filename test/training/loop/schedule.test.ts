import { describe, expect, it } from "vitest";
import type { EpochMetrics } from "../../../run-files/epoch-metrics.ts";
import { scheduleSchema } from "../../../run-files/job.ts";
import { findBestEpoch, hasStoppedEarly } from "../../../training/loop/best-epoch.ts";
import { computeRateFactor } from "../../../training/loop/learning-rate-schedule.ts";

function recordEpochs(validation: readonly (readonly [accuracy: number, loss: number])[]): EpochMetrics[] {
  return validation.map(([accuracy, loss], index) => ({
    epoch: index + 1,
    learningRate: 1,
    trainLoss: 1,
    trainAccuracy: 0.5,
    validationLoss: loss,
    validationAccuracy: accuracy,
    seconds: 1,
    examplesPerSecond: 1,
  }));
}

describe("computeRateFactor", () => {
  const at = (kind: object, step: number, history: EpochMetrics[] = []): number =>
    computeRateFactor(scheduleSchema.parse(kind), { step, steps: 3200, stepsPerEpoch: 20, history });

  it("warms up over a tenth and falls as a cosine", () => {
    const cosine = { kind: "warm-up-cosine" };
    // The recipe's formula, min(1, (s + 1) / (0.1 S + 1)) (1 + cos(pi s / S)) / 2, at S = 3200
    expect(at(cosine, 0)).toBeCloseTo(1 / 321, 12);
    expect(at(cosine, 160)).toBeCloseTo(((161 / 321) * (1 + Math.cos(Math.PI / 20))) / 2, 12);
    expect(at(cosine, 320)).toBeCloseTo((1 + Math.cos(Math.PI / 10)) / 2, 12);
    expect(at(cosine, 1600)).toBeCloseTo(0.5, 12);
    expect(at(cosine, 3199)).toBeLessThan(1e-6);
  });

  it("falls by steps", () => {
    const steps = { kind: "step", everyEpochs: 2, factor: 0.1 };
    expect([0, 39, 40, 79, 80].map((step) => at(steps, step))).toEqual([1, 1, 0.1, 0.1, 0.1 ** 2]);
  });

  it("falls when the loss no longer does", () => {
    const plateau = { kind: "plateau", patienceEpochs: 2, factor: 0.5 };
    const losses = [3, 2, 2.5, 2.1, 1.9, 2, 2, 2, 2];
    const factors = losses.map((_, epoch) =>
      at(plateau, 0, recordEpochs(losses.slice(0, epoch + 1).map((loss) => [0.5, loss]))),
    );
    expect(factors).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]);
  });

  it("stays", () => {
    expect(at({ kind: "constant" }, 3000)).toBe(1);
  });
});

describe("findBestEpoch", () => {
  it("takes accuracy, then loss, then the earlier", () => {
    const history = recordEpochs([
      [0.5, 1],
      [0.7, 2],
      [0.7, 1.5],
      [0.7, 1.5],
      [0.6, 0.1],
    ]);
    expect(findBestEpoch(history)).toBe(3);
  });

  it("takes the last without validation", () => {
    const history = recordEpochs([
      [1, 1],
      [0, 2],
    ]).map((metrics) => ({ ...metrics, validationAccuracy: null, validationLoss: null }));
    expect(findBestEpoch(history)).toBe(2);
  });
});

describe("hasStoppedEarly", () => {
  const history = recordEpochs([
    [0.5, 1],
    [0.7, 2],
    [0.6, 1],
    [0.6, 1],
  ]);

  it("stops when the best is patience epochs ago", () => {
    expect(hasStoppedEarly(history, { patienceEpochs: 2 })).toBe(true);
    expect(hasStoppedEarly(history, { patienceEpochs: 3 })).toBe(false);
    expect(hasStoppedEarly(history, null)).toBe(false);
    expect(hasStoppedEarly([], { patienceEpochs: 1 })).toBe(false);
  });
});
