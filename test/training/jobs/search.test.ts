import { describe, expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { UserError } from "../../../common/user-error.ts";
import { composeJob } from "../../../training/jobs/compose-job.ts";
import type { JobResult } from "../../../run-files/job-result.ts";
import { parseJob } from "../../../run-files/job.ts";
import { overrideJob } from "../../../training/jobs/override-job.ts";
import { protocols, type ProtocolOptions } from "../../../training/jobs/protocols.ts";
import {
  drawTrials,
  listGridTrials,
  reportGrid,
  runHalving,
  runTrials,
  type Trial,
} from "../../../training/jobs/tune.ts";
import { makeJobResult } from "./job-result.ts";

const options: ProtocolOptions = {
  recipe: "report",
  networks: [
    { architecture: "cnn" },
    ...[1, 2, 4].map((heads) => ({ architecture: "cnn-transformer" as const, heads })),
  ],
  seeds: [0, 1, 2],
  folds: [1, 2, 3, 4, 5],
};

describe("protocols", () => {
  it("report: fold 1 tests, each other validates, both networks, all heads, all seeds", () => {
    const jobs = protocols.report(options);
    expect(jobs).toHaveLength(4 * 4 * 3);
    expect(new Set(jobs.map(({ name }) => name)).size).toBe(jobs.length);
    expect(jobs[0]).toMatchObject({
      name: "cnn-validation-2-seed-0",
      job: { folds: { test: [1], validation: [2] }, epochs: 100, seed: 0 },
    });
    expect(jobs.at(-1)).toMatchObject({
      name: "cnn-transformer-4-validation-5-seed-2",
      job: { network: { heads: 4 }, folds: { test: [1], validation: [5] }, seed: 2 },
    });
  });

  it("cv5: each fold tests, nothing validates or selects", () => {
    const jobs = protocols.cv5({
      ...options,
      networks: [{ architecture: "cnn" }],
      seeds: [7],
      recipe: "best",
    });
    expect(jobs.map(({ job }) => job.folds.test)).toEqual([[1], [2], [3], [4], [5]]);
    for (const { job } of jobs)
      expect(job).toMatchObject({ select: "last", seed: 7, folds: { validation: [] }, epochs: 160 });
  });

  it("holdout measures one split, final trains on everything", () => {
    const one = {
      ...options,
      networks: [{ architecture: "cnn" as const, classes: 7 }],
      seeds: [0],
      folds: [1, 2, 3],
    };
    expect(protocols.holdout(one)).toMatchObject([{ job: { folds: { test: [1], validation: [2] } } }]);
    expect(protocols.final(one)).toMatchObject([
      { job: { folds: { test: [], validation: [] }, select: "last", network: { classes: 7 } } },
    ]);
  });
});

describe("settings of a protocol's jobs", () => {
  it("are taken over, with each job's own folds and seed filled in", () => {
    const teachers = ["cnn-{test}-{seed}", "other-{validation}-{unknown}"];
    const jobs = protocols.report({
      ...options,
      networks: [{ architecture: "cnn" }],
      seeds: [5],
      excludedSources: ["172649"],
      overrides: { epochs: 7, warmStart: "runs/{test}", "distillation.teachers": teachers },
    });
    expect(jobs).toHaveLength(4);
    expect(jobs[2]?.job).toMatchObject({
      epochs: 7,
      warmStart: "runs/1",
      distillation: { teachers: ["cnn-1-5", "other-4-{unknown}"], fraction: 0.8 },
      folds: { test: [1], validation: [4], excludedSources: ["172649"] },
    });
  });
});

describe("composeJob", () => {
  it("joins recipe, network and folds", () => {
    const job = composeJob({ recipe: "best", network: { architecture: "cnn", classes: 4 }, seed: 3 });
    expect(job).toMatchObject({
      network: { dropout: 0.1, classes: 4 },
      features: { padding: "loop", clipLevel: 1e5, clipMeanFraction: 0.75, melBands: 96 },
      optimiser: { name: "adamw", weightDecay: 0.02 },
      seed: 3,
    });
  });
});

describe("overrideJob", () => {
  const job = parseJob({});

  it("changes any field and leaves the job as it was", () => {
    const changed = overrideJob(job, {
      "optimiser.learningRate": 0.5,
      "network.trunk.1.filters": 7,
      seed: 9,
    });
    expect(changed.optimiser.learningRate).toBe(0.5);
    expect(changed.network.trunk.map(({ filters }) => filters)).toEqual([128, 7, 256, 256, 256]);
    expect(changed.seed).toBe(9);
    expect(job).toEqual(parseJob({}));
  });

  it.each([{ "optimiser.momentun": 1 }, { "optimizer.learningRate": 1 }, { "network.trunk.0.filters": 0 }])(
    "refuses %o",
    (overrides) => {
      expect(() => overrideJob(job, overrides)).toThrow(UserError);
    },
  );
});

/** The result of a trial whose quality is its learning rate's nearness to 0.03; longer training adds a little. */
function judge({ job }: Trial): JobResult {
  const accuracy = 1 - Math.abs(Math.log10(job.optimiser.learningRate / 0.03)) / 10 + job.epochs / 1e4;
  const validation = { clips: 1, accuracy, macroF1: 1, loss: 1, confusion: [] };
  return makeJobResult(job, { epochs: job.epochs, validation });
}

describe("search", () => {
  it("lists the report's grid: 3 decays x 2 first weights, nothing else changed", () => {
    const trials = listGridTrials(overrideJob(parseJob({}), reportGrid.fixed), reportGrid.grid);
    expect(trials).toHaveLength(6);
    expect(trials[1]).toMatchObject({
      name: "optimiser.weightDecay=0.001,network.weightInit=xavier",
      job: {
        epochs: 20,
        optimiser: { name: "sgd", learningRate: 0.001, momentum: 0.9, nesterov: true, weightDecay: 0.001 },
        network: { weightInit: "xavier" },
      },
    });
  });

  it("draws settings within their ranges, fixed by the stream", () => {
    const space = {
      "optimiser.learningRate": { from: 1e-5, to: 1e-1, scale: "log" },
      "network.dropout": { from: 0, to: 0.5 },
      batchSize: { among: [16, 32] },
    } as const;
    const draw = (seed: number): Trial[] =>
      drawTrials(parseJob({}), space, 200, createRandom(seed, "search"));
    const rates = draw(1).map(({ job }) => Math.log10(job.optimiser.learningRate));
    expect(Math.min(...rates)).toBeGreaterThan(-5);
    expect(Math.max(...rates)).toBeLessThan(-1);
    expect(rates.filter((rate) => rate < -3).length).toBeGreaterThan(70); // half of them, were it exact
    expect(new Set(draw(1).map(({ job }) => job.batchSize))).toEqual(new Set([16, 32]));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  const rates = [1e-5, 1e-4, 1e-3, 1e-2, 0.03, 0.1, 1, 10, 100];
  const trials = listGridTrials(parseJob({}), { "optimiser.learningRate": rates });

  it("ranks by validation accuracy", async () => {
    const ranked = await runTrials(trials, (list) => Promise.resolve(list.map(judge)));
    expect(ranked[0]?.trial.job.optimiser.learningRate).toBe(0.03);
    expect(ranked.at(-1)?.trial.job.optimiser.learningRate).toBe(100);
  });

  it("halves: 9 trials, then 3, then 1, each time longer", async () => {
    const trained: number[] = [];
    const last = await runHalving(
      trials,
      (list) => {
        trained.push(...list.map(({ job }) => job.epochs));
        return Promise.resolve(list.map(judge));
      },
      { firstEpochs: 2, factor: 3 },
    );
    expect(trained).toEqual([...new Array<number>(9).fill(2), 6, 6, 6, 18]);
    expect(last).toMatchObject([{ trial: { job: { optimiser: { learningRate: 0.03 }, epochs: 18 } } }]);
  });

  it("needs a fold that validates, and a factor that thins out", async () => {
    const train = (list: readonly Trial[]): Promise<JobResult[]> =>
      Promise.resolve(list.map((trial) => ({ ...judge(trial), validation: null })));
    await expect(runTrials(trials, train)).rejects.toThrow("expected a fold that validates");
    await expect(runHalving(trials, train, { firstEpochs: 1, factor: 1 })).rejects.toThrow(
      "expected at least 2",
    );
  });
});
