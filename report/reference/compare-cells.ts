import { scoreJob, spread } from "../analysis/job-score.ts";
import type { ReportData } from "../analysis/report-data.ts";
import type { JobRun, RunResult } from "../run/run-result.ts";
import { isReferenceData, pickCell, referenceFolds, referenceNetworks } from "./reference.ts";
import type { Reference, ReferenceCell, ReferenceNetwork } from "./reference.ts";

/** Ours for one cell of the reference's tables, in its units: the mean over seeds; null where we have none. */
export interface OurCell {
  readonly trainings: number;
  readonly testAccuracy: number | null;
  readonly testF1: number | null;
  readonly trainAccuracy: number | null;
  readonly valAccuracy: number | null;
  readonly averageValAccuracy: number | null;
  /** Mean cross-entropy in nats. */
  readonly testLoss: number | null;
  readonly trainLoss: number | null;
  readonly valLoss: number | null;
  /** Summed over batches of 32 clips, as the reference's. */
  readonly summedTestLoss: number | null;
  readonly summedValLoss: number | null;
}

export interface CellPair {
  readonly fold: number;
  readonly reference: ReferenceCell;
  readonly ours: OurCell | null;
}

export interface NetworkPairs {
  readonly network: ReferenceNetwork;
  readonly cells: readonly CellPair[];
}

interface OwnedJob {
  readonly job: JobRun;
  readonly run: RunResult;
}

/** Our trainings by the reference's protocol beside its own, per network; empty when no run followed it. */
export function compareCells(report: ReportData, reference: Reference): NetworkPairs[] {
  const jobs = listReferenceJobs(report);
  if (jobs.length === 0) return [];
  return referenceNetworks.flatMap((network) => {
    const own = jobs.filter(
      ({ job }) =>
        job.settings.architecture === network.architecture &&
        (network.heads === null || job.settings.heads === network.heads),
    );
    if (own.length === 0) return [];
    const cells = referenceFolds.flatMap((fold) => {
      const cell = pickCell(reference, network, fold);
      if (cell === null) return [];
      const ofFold = own.filter(({ job }) => job.settings.validationFolds.includes(fold));
      const average = averageValidation(jobs, network, fold);
      return [{ fold, reference: cell, ours: ofFold.length === 0 ? null : summarise(ofFold, average) }];
    });
    return [{ network, cells }];
  });
}

/** Jobs on ESC-10 that test on fold 1 and validate on one other, outside of parameter sweeps. */
function listReferenceJobs({ runs }: ReportData): OwnedJob[] {
  return runs.flatMap(({ run, variants }) => {
    if (!isReferenceData(run.data.labels) || run.protocol === "tune") return [];
    const jobs = variants.flatMap((variant) => variant.jobs);
    return jobs
      .filter(({ settings: { testFolds, validationFolds } }) => {
        const [fold] = validationFolds;
        const oneEach = testFolds.length === 1 && validationFolds.length === 1;
        return oneEach && testFolds[0] === 1 && referenceFolds.some((known) => known === fold);
      })
      .map((job) => ({ job, run }));
  });
}

function summarise(jobs: readonly OwnedJob[], averageValAccuracy: number | null): OurCell {
  const test = jobs.map(({ job, run }) => scoreJob(job, run.data.labels, "test"));
  const validation = jobs.map(({ job, run }) => scoreJob(job, run.data.labels, "validation"));
  const kept = jobs.map(({ job }) => job.epochs[(job.selectedEpoch ?? job.epochs.length) - 1]);
  return {
    trainings: jobs.length,
    testAccuracy: toPercent(spread(test.map((score) => score?.accuracy)).mean),
    testF1: spread(test.map((score) => score?.macroF1)).mean,
    trainAccuracy: toPercent(spread(kept.map((row) => row?.trainAccuracy)).mean),
    valAccuracy: toPercent(spread(validation.map((score) => score?.accuracy)).mean),
    averageValAccuracy,
    testLoss: spread(test.map((score) => score?.loss)).mean,
    trainLoss: spread(kept.map((row) => row?.trainLoss)).mean,
    valLoss: spread(validation.map((score) => score?.loss)).mean,
    summedTestLoss: spread(test.map((score) => score?.summedLoss)).mean,
    summedValLoss: spread(validation.map((score) => score?.summedLoss)).mean,
  };
}

/** Mean validation accuracy of this training and those before it: by fold, within a fold by heads. */
function averageValidation(
  jobs: readonly OwnedJob[],
  network: ReferenceNetwork,
  fold: number,
): number | null {
  const before = jobs.filter(({ job: { settings } }) => {
    const [ownFold = 0] = settings.validationFolds;
    if (settings.architecture !== network.architecture) return false;
    return (
      ownFold < fold ||
      (ownFold === fold && (settings.heads ?? 0) <= (network.heads ?? Number.POSITIVE_INFINITY))
    );
  });
  return toPercent(
    spread(before.map(({ job, run }) => scoreJob(job, run.data.labels, "validation")?.accuracy)).mean,
  );
}

function toPercent(fraction: number | null): number | null {
  return fraction === null ? null : 100 * fraction;
}
