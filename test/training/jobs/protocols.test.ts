import { expect, it } from "vitest";
import { protocols, type ProtocolOptions } from "../../../training/jobs/protocols.ts";

const folds = [1, 2, 3, 4, 5];

function list(name: keyof typeof protocols, options: Partial<ProtocolOptions> = {}) {
  return protocols[name]({
    recipe: "report",
    networks: [{ architecture: "cnn" }],
    seeds: [0],
    folds,
    ...options,
  });
}

const describeFolds = (jobs: ReturnType<typeof list>): string[] =>
  jobs.map(({ job }) => `test ${job.folds.test.join()} validation ${job.folds.validation.join()}`);

it("report: the first fold tests, each other one validates in turn, the best epoch counts", () => {
  const jobs = list("report");
  expect(describeFolds(jobs)).toEqual([2, 3, 4, 5].map((fold) => `test 1 validation ${fold}`));
  expect(new Set(jobs.map(({ job }) => job.select))).toEqual(new Set(["best"]));
});

it("cv5: each fold tests in turn, nothing validates, the last epoch counts", () => {
  const jobs = list("cv5");
  expect(describeFolds(jobs)).toEqual(folds.map((fold) => `test ${fold} validation `));
  expect(new Set(jobs.map(({ job }) => job.select))).toEqual(new Set(["last"]));
});

it("holdout tests and validates once, final not at all", () => {
  expect(describeFolds(list("holdout", { testFold: 4 }))).toEqual(["test 4 validation 1"]);
  expect(describeFolds(list("holdout"))).toEqual(["test 1 validation 2"]);
  expect(describeFolds(list("holdout", { folds: [1, 2] }))).toEqual(["test 1 validation "]);
  expect(describeFolds(list("final"))).toEqual(["test  validation "]);
});

it("ends a seed before the next begins, and names every job apart", () => {
  const networks = [{ architecture: "cnn" }, { architecture: "cnn-transformer", heads: 2 }] as const;
  const jobs = list("cv5", { networks, seeds: [3, 7] });
  expect(jobs.map(({ job }) => job.seed)).toEqual([
    ...Array<number>(10).fill(3),
    ...Array<number>(10).fill(7),
  ]);
  expect(new Set(jobs.map(({ name }) => name)).size).toBe(20);
  expect(jobs[1]?.name).toBe("cnn-transformer-2-test-1-seed-3");
});

it("fills each job's folds and seed into its settings", () => {
  const overrides = { warmStart: "runs/cnn/jobs/cnn-test-{test}-seed-{seed}" };
  const jobs = list("cv5", { overrides, seeds: [2], excludedSources: ["172649"] });
  expect(jobs[4]?.job.warmStart).toBe("runs/cnn/jobs/cnn-test-5-seed-2");
  expect(jobs[0]?.job.folds.excludedSources).toEqual(["172649"]);
});
