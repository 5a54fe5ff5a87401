import { at } from "../../common/at.ts";
import { groupBy } from "../../datasets/folds/group-by.ts";
import type { JobResult } from "../../run-files/job-result.ts";

/** Numbers of jobs that differ in fold and seed alone. Accuracies are fractions, deviations those of a sample. */
export interface JobsSummary {
  readonly network: TrainingNetwork;
  readonly jobs: number;
  /** Mean over all jobs. */
  readonly testAccuracy: number | null;
  /** By several crops a clip, where the jobs were scored so. */
  readonly testCropsAccuracy: number | null;
  readonly validationAccuracy: number | null;
  readonly testMacroF1: number | null;
  /** Each seed's mean test accuracy over its folds, and how much the seeds differ (null for one). */
  readonly testAccuracyOfSeeds: Readonly<Record<string, number>>;
  readonly deviationOverSeeds: number | null;
  readonly testCropsAccuracyOfSeeds: Readonly<Record<string, number>>;
  /** `confusion[actual][predicted]`, summed over all jobs. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** Means over all jobs, where clips may have several classes. */
  readonly testMeanAveragePrecision?: number;
  readonly validationMeanAveragePrecision?: number;
}

type TrainingNetwork = JobResult["job"]["network"];

/** One summary for each network among the results, in the order in which they first appear. */
export function summariseJobs(results: readonly JobResult[]): JobsSummary[] {
  const groups = groupBy(results, ({ job }) => JSON.stringify(job.network));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [summariseGroup(first.job.network, group)];
  });
}

function summariseGroup(network: TrainingNetwork, group: readonly JobResult[]): JobsSummary {
  const tests = group.flatMap(({ test }) => test ?? []);
  const seeds = [...new Set(group.map(({ job }) => job.seed))].sort((a, b) => a - b);
  const averageSeeds = (read: (result: JobResult) => number | undefined): (readonly [string, number])[] =>
    seeds.flatMap((seed) => {
      const own = group.filter(({ job }) => job.seed === seed).flatMap((result) => read(result) ?? []);
      return own.length === 0 ? [] : [[String(seed), computeMean(own)] as const];
    });
  const bySeed = averageSeeds(({ test }) => test?.accuracy);
  return {
    network,
    jobs: group.length,
    testAccuracy: meanOrNull(tests.map(({ accuracy }) => accuracy)),
    testCropsAccuracy: meanOrNull(group.flatMap(({ testCrops }) => testCrops?.accuracy ?? [])),
    validationAccuracy: meanOrNull(group.flatMap(({ validation }) => validation?.accuracy ?? [])),
    testMacroF1: meanOrNull(tests.map(({ macroF1 }) => macroF1)),
    testAccuracyOfSeeds: Object.fromEntries(bySeed),
    deviationOverSeeds: computeDeviation(bySeed.map(([, accuracy]) => accuracy)),
    testCropsAccuracyOfSeeds: Object.fromEntries(averageSeeds(({ testCrops }) => testCrops?.accuracy)),
    confusion: addMatrices(tests.flatMap(({ confusion }) => (confusion === undefined ? [] : [confusion]))),
    ...averagePrecisions("test", tests),
    ...averagePrecisions(
      "validation",
      group.flatMap(({ validation }) => validation ?? []),
    ),
  };
}

/** Running means, as the reference's tables give for the validation accuracies of one fold after another. */
export function computeRunningMeans(values: readonly number[]): number[] {
  return values.map((_, index) => computeMean(values.slice(0, index + 1)));
}

const meanOrNull = (values: readonly number[]): number | null =>
  values.length === 0 ? null : computeMean(values);

const computeMean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The sample's deviation, with n - 1. */
function computeDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = computeMean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Nothing where each clip has one class. */
function averagePrecisions(
  split: "test" | "validation",
  measured: readonly NonNullable<JobResult["test"]>[],
): Partial<JobsSummary> {
  const mean = meanOrNull(measured.flatMap(({ meanAveragePrecision }) => meanAveragePrecision ?? []));
  return mean === null ? {} : { [`${split}MeanAveragePrecision`]: mean };
}

function addMatrices(matrices: readonly (readonly (readonly number[])[])[]): number[][] | null {
  const [first] = matrices;
  if (first === undefined) return null;
  return first.map((row, actual) =>
    row.map((_, predicted) => matrices.reduce((sum, matrix) => sum + at(at(matrix, actual), predicted), 0)),
  );
}
