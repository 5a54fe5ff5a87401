import { at } from "../../common/at.ts";
import { formatPercent } from "../screen/format-percent.ts";
import { createRandom } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import { overrideJob } from "../../training/jobs/override-job.ts";
import type { NamedJob } from "../../training/jobs/protocols.ts";
import {
  drawTrials,
  listGridTrials,
  reportGrid,
  runHalving,
  runTrials,
  type RankedTrial,
  type Trial,
  type TrainTrials,
} from "../../training/jobs/tune.ts";
import { formatTable } from "../screen/format-table.ts";
import { findListFolder, trainList, type FinishedJob } from "../jobs/job-list.ts";
import { openRunner } from "../jobs/open-runner.ts";
import type { JobRunner } from "../../queue/job-runner.ts";
import { writeListResults } from "../jobs/list-results.ts";
import { makeRunConfig, nameRun, planJobs, type RunSettings } from "../runs/make-run-config.ts";
import { openDataset } from "../runs/open-data.ts";
import {
  dataOptions,
  featureOptions,
  newRunOption,
  queueOptions,
  trainOptions,
  tuneOptions,
} from "../command-line/options.ts";
import { readScore } from "../../run-files/job-result.ts";
import { checkRunName } from "../runs/run-folder.ts";
import { parseDraws, parseGrid } from "../runs/parse-overrides.ts";
import { defineStage } from "../command-line/stage.ts";

export const tuneStage = defineStage({
  name: "tune",
  options: {
    ...newRunOption,
    ...dataOptions,
    ...featureOptions,
    ...trainOptions,
    ...queueOptions,
    ...tuneOptions,
  },
  examples: [
    ["tune ../esc10 --preset report --network cnn cnn-transformer", "the course report's grid"],
    ["tune --values optimiser.learningRate=0.001,0.003 batchSize=16,32", "four combinations"],
    [
      "tune --search halving --draw optimiser.learningRate=log:1e-4..1e-1 --trials 9",
      "nine, then three, then one",
    ],
  ],
  run: async (args) => {
    if (args.run !== undefined) checkRunName(args.run);
    const dataset = await openDataset(args);
    const settings = { ...args, protocol: "holdout", recipe: args.preset ?? args.recipe } as const;
    const bases = await planJobs(settings, dataset);
    const name = args.run ?? nameRun(args.data ?? "embedded", "tune", { ...args, $0: "", _: [] });
    const finished = new Map<string, FinishedJob>();
    const runner = await openRunner(args, name);
    try {
      const train = createTraining(args, runner, findListFolder(name), finished);
      for (const base of bases) {
        const trials = planTrials(base, args);
        const ranked =
          args.search === "halving"
            ? await runHalving(trials, train, { firstEpochs: args.firstEpochs, factor: args.factor })
            : await runTrials(trials, train);
        console.log(`\n${base.name}\n${formatRanking(ranked)}`);
      }
    } finally {
      await runner.close();
    }
    const list = { folder: findListFolder(name), protocol: "tune", jobs: [] };
    await writeListResults(list, [...finished.values()], { copy: args.results });
    console.log(`\nNext: npx earshot report --run ${name}`);
  },
});

type TuneSettings = RunSettings & {
  readonly search: string;
  readonly preset?: "report" | undefined;
  readonly values: readonly string[];
  readonly draw: readonly string[];
  readonly trials: number;
};

function planTrials(
  { name, job }: NamedJob,
  { search, preset, values, draw, trials, seed, epochs }: TuneSettings,
): Trial[] {
  const given = parseGrid(values);
  const isGrid = search === "grid";
  if (preset === undefined && values.length + (isGrid ? 0 : draw.length) === 0)
    throw new UserError(
      `tune: expected what to vary (--values${isGrid ? "" : ", --draw"} or --preset), got nothing`,
    );
  const fixed = { ...reportGrid.fixed, ...(epochs !== undefined && { epochs }) };
  const base = preset === undefined ? job : overrideJob(job, fixed);
  const space = {
    ...Object.fromEntries(Object.entries(given).map(([path, among]) => [path, { among }])),
    ...parseDraws(draw),
  };
  const planned = isGrid
    ? listGridTrials(base, preset === undefined ? given : { ...reportGrid.grid, ...given })
    : drawTrials(base, space, trials, createRandom(at(seed, 0), `trials of ${name}`));
  return planned.map((trial) => ({ ...trial, name: `${name},${trial.name}` }));
}

/** Trains trials as a list's jobs. */
function createTraining(
  settings: TuneSettings,
  runner: JobRunner,
  folder: string,
  finished: Map<string, FinishedJob>,
): TrainTrials {
  const { threads = 1 } = settings;
  return async (trials) => {
    const planned = trials.map(({ name, job }) => ({
      name,
      config: makeRunConfig({ ...settings, threads }, job),
    }));
    const results = await trainList({ folder, protocol: "tune", jobs: planned }, { runner });
    for (const job of results) finished.set(job.name, job);
    return results.map(({ result }) => result);
  };
}

function formatRanking(ranked: readonly RankedTrial[]): string {
  const rows = ranked.map(({ trial, result }) => [
    Object.entries(trial.overrides)
      .map(([path, value]) => `${path}=${JSON.stringify(value)}`)
      .join(" "),
    formatPercent(result.trainAccuracy, 2),
    result.trainLoss.toFixed(4),
    formatPercent(result.validation === null ? null : readScore(result.validation), 2),
    result.validation?.loss.toFixed(4) ?? "",
  ]);
  return formatTable(
    ["settings, best first", "train %", "train loss", "validation %", "validation loss"],
    rows,
  );
}
