import path from "node:path";
import * as z from "zod";
import { nameMetrics } from "../training/job-result.ts";
import { summariseJobs, type JobsSummary } from "../training/summarise-jobs.ts";
import { formatTable } from "./format-table.ts";
import { listConfigSchema, type FinishedJob, type JobList } from "./job-list.ts";
import { readJson, writeJson } from "./json-file.ts";
import { listFiles } from "./run-folder.ts";
import { scoreEnsembles, type EnsembleScore } from "./score-ensembles.ts";

export interface ListSummary {
  readonly summaries: readonly JobsSummary[];
  readonly ensembles: readonly EnsembleScore[];
}

/**
 * Writes `results.json` of a list: where it comes from, every job's settings and scores, and the means.
 * @param copy where a second copy goes, e.g. into results/
 */
export async function writeListResults(
  { folder, jobs }: JobList,
  finished: readonly FinishedJob[],
  copy?: string,
): Promise<ListSummary> {
  const origin = await readJson(listFiles(folder).config, listConfigSchema);
  const summaries = summariseJobs(finished.map(({ result }) => result));
  const ensembles = await scoreEnsembles(folder, finished);
  const revisions = await Promise.all(
    finished.map(({ name }) => readRevision(path.join(folder, "jobs", name))),
  );
  const results = {
    ...origin,
    data: path.basename(origin?.data ?? ""),
    engines: [...new Set(finished.map(({ result }) => result.engine))],
    missing: jobs.filter(({ name }) => finished.every((job) => job.name !== name)).map(({ name }) => name),
    summaries,
    ensembles,
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
  return { summaries, ensembles };
}

/** The program that trained a job, which may be older than the one that sums up. */
async function readRevision(folder: string): Promise<string | undefined> {
  const environment = await readJson(listFiles(folder).environment, z.looseObject({ revision: z.string() }));
  return environment?.revision;
}

/** A line a job, then a line a network: accuracies in percent. */
export function formatListResults(
  finished: readonly FinishedJob[],
  { summaries, ensembles }: ListSummary,
): string {
  const header = ["job", "train %", "validation %", "test %", "test, crops %", "test macro F1", "minutes"];
  const rows = finished.map(({ name, result }) => [
    name,
    formatShare(result.trainAccuracy),
    formatShare(result.validation?.accuracy),
    formatShare(result.test?.accuracy),
    formatShare(result.testCrops?.accuracy),
    result.test?.macroF1.toFixed(3) ?? "",
    (result.seconds / 60).toFixed(1),
  ]);
  return [
    formatTable(header, rows),
    ...summaries.map(formatSummaryLine),
    ...ensembles.map(formatEnsembleLine),
  ].join("\n");
}

function formatSummaryLine(summary: JobsSummary): string {
  const { network, testAccuracy, testCropsAccuracy, validationAccuracy, deviationOverSeeds } = summary;
  const name = network.architecture === "cnn" ? "CNN" : `CNN-Transformer, ${network.heads} heads`;
  const parts = [
    ["test", testAccuracy],
    ["test by crops", testCropsAccuracy],
    ["validation", validationAccuracy],
  ] as const;
  const means = parts.flatMap(([what, share]) => (share === null ? [] : [`${what} ${formatShare(share)} %`]));
  const deviation =
    deviationOverSeeds === null ? "" : `, deviation over seeds ${formatShare(deviationOverSeeds)}`;
  return `${name}, mean of ${summary.jobs} jobs: ${means.join(", ")}${deviation}`;
}

function formatEnsembleLine({ network, heads, seeds, testAccuracy, clips }: EnsembleScore): string {
  const name = heads === undefined ? network : `${network}, ${heads} heads`;
  return `${name}, ensemble of ${seeds.length} seeds: test ${formatShare(testAccuracy)} % of ${clips} clips`;
}

const formatShare = (share: number | null | undefined): string =>
  share === null || share === undefined ? "" : (100 * share).toFixed(2);
