import { scoreOverall } from "../metrics/class-scores.ts";
import { countConfusions } from "../metrics/confusion-matrix.ts";
import { averageLoss, sumBatchLosses } from "../metrics/log-loss.ts";
import type { Split } from "../../run-files/prediction.ts";
import type { JobRun } from "../run/run-result.ts";
import { poolAnswers } from "./variant.ts";

/** How one job did on one split; shares are 0 to 1. */
export interface JobScore {
  readonly clips: number;
  readonly accuracy: number | null;
  readonly macroF1: number | null;
  /** Where clips may have several classes. */
  readonly meanAveragePrecision?: number | null;
  /** Mean cross-entropy in nats. */
  readonly loss: number | null;
  /** Sum over batches of 32 clips of their mean cross-entropy; only from predictions. */
  readonly summedLoss: number | null;
}

/** Clips a batch in `summedLoss`. */
const summedLossBatch = 32;

/** From the job's predictions, else from what it kept of its own evaluation; null when the split was not scored. */
export function scoreJob(job: JobRun, labels: readonly string[], split: Split): JobScore | null {
  const pooled = poolAnswers([job], labels, split);
  if (pooled !== null) {
    const { accuracy, macroF1 } = scoreOverall(countConfusions(pooled.answers));
    return {
      clips: pooled.predictions.length,
      accuracy,
      macroF1,
      loss: averageLoss(pooled.answers),
      summedLoss: sumBatchLosses(pooled.answers, summedLossBatch),
    };
  }
  const kept = job.kept[split];
  if (kept === null) return null;
  return {
    clips: kept.clips,
    accuracy: kept.accuracy,
    macroF1: kept.macroF1,
    ...(kept.meanAveragePrecision !== undefined && { meanAveragePrecision: kept.meanAveragePrecision }),
    loss: kept.loss,
    summedLoss: null,
  };
}

/** Mean and standard deviation (n - 1) of several jobs; the deviation of a single one is undefined. */
export interface Spread {
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly count: number;
}

export function spread(values: readonly (number | null | undefined)[]): Spread {
  const defined = values.filter((value) => value !== null && value !== undefined);
  const count = defined.length;
  if (count === 0) return { mean: null, deviation: null, count };
  const mean = defined.reduce((sum, value) => sum + value, 0) / count;
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)), count };
}

/** A spread, and what varies in it. */
export interface RepeatedScore extends Spread {
  readonly over: "seeds" | "folds";
}

/**
 * What a score of some jobs is worth when the training is repeated: the mean over folds is taken for each seed, and
 * spreads over the seeds. Of one seed there are only folds, which differ by their clips.
 */
export function spreadOverSeeds(
  jobs: readonly JobRun[],
  score: (job: JobRun) => number | null | undefined,
): RepeatedScore {
  const seeds = [...new Set(jobs.map(({ settings }) => settings.seed))];
  if (seeds.length < 2) return { ...spread(jobs.map(score)), over: "folds" };
  const means = seeds.map(
    (seed) => spread(jobs.filter(({ settings }) => settings.seed === seed).map(score)).mean,
  );
  return { ...spread(means), over: "seeds" };
}
