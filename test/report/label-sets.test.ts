import { expect, it } from "vitest";
import { evaluateLabelSets } from "../../report/analysis/label-sets.ts";
import type { JobRun, RunResult } from "../../report/run/run-result.ts";

const clips = [
  { labels: ["dog", "rain"], logits: [2, 1] },
  { labels: ["dog"], logits: [1, 0.5] },
  { labels: [], logits: [1.5, -1] },
  { labels: ["rain"], logits: [-2, 3] },
];
const predictions = clips.map(({ labels, logits }, index) => ({
  ...{ split: "test" as const, id: String(index), source: String(index), fold: 1 },
  ...{ label: labels.join("; "), labels, logits },
}));
const job: JobRun = {
  name: "job",
  settings: {
    ...{ architecture: "cnn", heads: null, testFolds: [1], validationFolds: [2], seed: 0, epochs: 1 },
    all: new Map(),
  },
  epochs: [],
  predictions,
  selectedEpoch: 1,
  kept: { validation: null, test: null },
};
const data: RunResult["data"] = {
  ...{ name: "x", layout: null, labels: ["dog", "rain"], root: null },
  ...{ clips: [], warnings: [], skipped: [] },
};

it("asks each class by itself, at 0.5 where the run has no thresholds", () => {
  const sets = evaluateLabelSets([job], { data, calibration: null });
  // Dog, by falling score: yes (2), no (1.5), yes (1), no: precision 1 and 2/3 at recall 1/2 and 1. Rain: all at the top.
  const dog = (1 + 2 / 3) / 2;
  expect(sets).toMatchObject({
    ...{ split: "test", distinctClips: 4, hasThresholds: false, allRight: 2 / 4 },
    classes: [
      { clips: 2, averagePrecision: dog, precision: 2 / 3, recall: 1, f1: 4 / 5 },
      { clips: 2, averagePrecision: 1, precision: 2 / 3, recall: 1, f1: 4 / 5 },
    ],
    microF1: (2 * 4) / (6 + 4),
  });
  expect(sets?.meanAveragePrecision).toBeCloseTo((dog + 1) / 2, 12);
  expect(sets?.macroF1).toBeCloseTo(4 / 5, 12);
});

it("is nothing of clips that have one class each", () => {
  const single = {
    ...job,
    predictions: predictions.map(({ split, id, source, fold, label, logits }) => ({
      ...{ split, id, source, fold, label, logits },
    })),
  };
  expect(evaluateLabelSets([{ ...single }], { data, calibration: null })).toBeNull();
});
