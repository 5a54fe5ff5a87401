import { formatPercent } from "../screen/format-percent.ts";
import path from "node:path";
import { listConfigSchema } from "../../run-files/run-config.ts";
import { environmentSchema } from "../../run-files/stage-files.ts";
import { nameMetrics } from "../../run-files/job-result.ts";
import { summariseJobs, type JobsSummary } from "../../training/jobs/summarise-jobs.ts";
import { formatTable } from "../screen/format-table.ts";
import type { FinishedJob, JobList } from "./job-list.ts";
import { readJson, writeJson } from "../../run-files/json-file.ts";
import { listFiles } from "../runs/run-folder.ts";
import { scoreEnsembles, type EnsembleScore } from "./score-ensembles.ts";
import { scoreWithout, type ScoreWithout } from "./score-without.ts";

export interface ListSummary {
  readonly summaries: readonly JobsSummary[];
  readonly ensembles: readonly EnsembleScore[];
  readonly without: readonly ScoreWithout[];
}

interface ResultsOptions {
  /** Where a second copy goes, e.g. into results/. */
  readonly copy?: string | undefined;
  /** Recordings whose test clips a second score leaves out. */
  readonly withoutSources?: readonly string[];
}

/**
 * Writes `results.json` of a list: where it comes from, every job's settings and scores, and the means.
 */
export async function writeListResults(
  { folder, jobs }: JobList,
  finished: readonly FinishedJob[],
  { copy, withoutSources = [] }: ResultsOptions = {},
): Promise<ListSummary> {
  const origin = await readJson(listFiles(folder).config, listConfigSchema);
  const summaries = summariseJobs(finished.map(({ result }) => result));
  const ensembles = await scoreEnsembles(folder, finished);
  const without = await scoreWithout(folder, finished, withoutSources);
  const revisions = await Promise.all(
    finished.map(({ name }) => readRevision(path.join(folder, "jobs", name))),
  );
  const results = {
    ...origin,
    data: origin === undefined ? "" : path.basename(origin.data),
    engines: [...new Set(finished.map(({ result }) => result.engine))],
    missing: jobs.filter(({ name }) => finished.every((job) => job.name !== name)).map(({ name }) => name),
    summaries,
    ensembles,
    ...(without.length > 0 && { without }),
    /** The settings that all jobs share are those of the first. */
    settings: finished[0]?.result.job,
    jobs: finished.map(({ name, result }, index) => ({
      name,
      network: result.job.network.architecture,
      ...("heads" in result.job.network && { heads: result.job.network.heads }),
      seed: result.job.seed,
      folds: result.job.folds,
      epochs: result.epochs,
      selectedEpoch: result.selectedEpoch,
      seconds: Math.round(result.seconds),
      revision: revisions[index],
      ...nameMetrics(result),
    })),
  };
  await writeJson(path.join(folder, "results.json"), results);
  if (copy !== undefined) await writeJson(copy, results);
  return { summaries, ensembles, without };
}

/** The program that trained a job, which may be older than the one that sums up. */
async function readRevision(folder: string): Promise<string | undefined> {
  const environment = await readJson(
    listFiles(folder).environment,
    environmentSchema.pick({ revision: true }),
  );
  return environment?.revision;
}

/** A line a job, then a line a network: accuracies in percent. */
export function formatListResults(
  finished: readonly FinishedJob[],
  { summaries, ensembles, without }: ListSummary,
): string {
  const header = ["job", "train %", "validation %", "test %", "test, crops %", "test macro F1", "minutes"];
  const isMultiLabel = finished.some(({ result }) => result.job.labelling === "several");
  const ofSets = isMultiLabel ? ["test mAP"] : [];
  const rows = finished.map(({ name, result }) => [
    name,
    formatPercent(result.trainAccuracy, 2),
    formatPercent(result.validation?.accuracy, 2),
    formatPercent(result.test?.accuracy, 2),
    formatPercent(result.testCrops?.accuracy, 2),
    result.test?.macroF1.toFixed(3) ?? "",
    (result.seconds / 60).toFixed(1),
    ...ofSets.map(() => result.test?.meanAveragePrecision?.toFixed(3) ?? ""),
  ]);
  return [
    formatTable([...header, ...ofSets], rows),
    ...summaries.map(formatSummaryLine),
    ...ensembles.map(formatEnsembleLine),
    ...without.map(formatWithoutLine),
  ].join("\n");
}

function formatSummaryLine(summary: JobsSummary): string {
  const { network, testAccuracy, testCropsAccuracy, validationAccuracy, deviationOverSeeds } = summary;
  const heads = network.architecture === "cnn" ? {} : { heads: network.heads };
  const parts = [
    ["test", testAccuracy],
    ["test by crops", testCropsAccuracy],
    ["validation", validationAccuracy],
  ] as const;
  const means = parts.flatMap(([what, accuracy]) =>
    accuracy === null ? [] : [`${what} ${formatPercent(accuracy, 2)} %`],
  );
  const { testMeanAveragePrecision: precision } = summary;
  if (precision !== undefined) means.unshift(`test mAP ${precision.toFixed(3)}`);
  const deviation =
    deviationOverSeeds === null ? "" : `, deviation over seeds ${formatPercent(deviationOverSeeds, 2)}`;
  return `${nameNetwork(heads)}, mean of ${summary.jobs} jobs: ${means.join(", ")}${deviation}`;
}

function formatEnsembleLine({ seeds, testAccuracy, clips, ...network }: EnsembleScore): string {
  return `${nameNetwork(network)}, ensemble of ${seeds.length} seeds: test ${formatPercent(testAccuracy, 2)} % of ${clips} clips`;
}

function formatWithoutLine({ withoutSources, testAccuracy, clips, ...network }: ScoreWithout): string {
  return `${nameNetwork(network)}, without ${withoutSources.join(", ")}: test ${formatPercent(testAccuracy, 2)} % of ${clips} clips`;
}

const nameNetwork = ({ heads }: { heads?: number }): string =>
  heads === undefined ? "CNN" : `CNN-Transformer, ${heads} head${heads === 1 ? "" : "s"}`;
