import { expect, it } from "vitest";
import type { JobResult } from "../../../run-files/job-result.ts";
import { parseJob } from "../../../run-files/job.ts";
import { computeRunningMeans, summariseJobs } from "../../../training/jobs/summarise-jobs.ts";
import { makeJobResult } from "./job-result.ts";

function createResult(seed: number, fold: number, accuracy: number, heads?: number): JobResult {
  const network = heads === undefined ? { architecture: "cnn" } : { architecture: "cnn-transformer", heads };
  const confusion = [
    [fold, 0],
    [1, 2],
  ];
  const test = { clips: 80, accuracy, macroF1: accuracy / 2, loss: 1, confusion };
  return makeJobResult(parseJob({ network, seed, folds: { test: [fold], validation: [] } }), { test });
}

it("gives mean, every seed, the deviation over seeds and the pooled confusion, a network each", () => {
  const results = [
    createResult(0, 1, 0.8),
    createResult(1, 1, 0.7),
    createResult(0, 2, 0.9),
    createResult(1, 2, 0.8),
    createResult(0, 1, 0.5, 2),
  ];
  const [cnn, transformer] = summariseJobs(results);
  expect(cnn).toMatchObject({ jobs: 4, validationAccuracy: null });
  expect(cnn?.testAccuracy).toBeCloseTo(0.8, 12);
  expect(cnn?.testMacroF1).toBeCloseTo(0.4, 12);
  expect(cnn?.testAccuracyOfSeeds["0"]).toBeCloseTo(0.85, 12);
  expect(cnn?.testAccuracyOfSeeds["1"]).toBeCloseTo(0.75, 12);
  expect(cnn?.deviationOverSeeds).toBeCloseTo(0.1 / Math.SQRT2, 12);
  expect(cnn?.confusion).toEqual([
    [6, 0],
    [4, 8],
  ]);
  expect(transformer).toMatchObject({
    jobs: 1,
    testAccuracy: 0.5,
    deviationOverSeeds: null,
    network: { heads: 2 },
  });
});

it("runs means as the reference's tables do", () => {
  // reference/report.json, cnn: validation accuracies and their running average
  expect(computeRunningMeans([42.5, 50, 51.25, 51.25])).toEqual([
    42.5,
    46.25,
    (42.5 + 50 + 51.25) / 3,
    48.75,
  ]);
});
