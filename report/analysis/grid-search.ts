import type { JobRun, RunResult } from "../run/run-result.ts";
import { scoreJob, spread } from "./job-score.ts";
import { listVaryingSettings, type Variant } from "./variant.ts";

/** One configuration of a sweep with its mean results over folds and seeds; shares 0 to 1, losses in nats. */
export interface Configuration {
  readonly architecture: string;
  readonly heads: number | null;
  /** Values of the settings that vary, in their order. */
  readonly values: readonly (string | number | boolean | null)[];
  readonly trainings: number;
  readonly trainAccuracy: number | null;
  readonly trainLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly validationLoss: number | null;
  /** Whether no configuration of the same network validates better: on equal accuracy, the lower loss. */
  readonly best: boolean;
}

export interface GridSearch {
  /** Dotted names of the settings that vary. */
  readonly settings: readonly string[];
  readonly configurations: readonly Configuration[];
}

/** The sweep that a run holds; null when its jobs differ in no hyper-parameter. */
export function summariseSweep(run: RunResult, variants: readonly Variant[]): GridSearch | null {
  const settings = listVaryingSettings(run.jobs);
  if (settings.length === 0) return null;
  const unranked = variants.map(({ jobs, settings: own }) => {
    const validation = jobs.map((job) => scoreJob(job, run.data.labels, "validation"));
    const kept = jobs.map(pickKeptEpoch);
    return {
      architecture: own.architecture,
      heads: own.heads,
      values: settings.map((name) => own.all.get(name) ?? null),
      trainings: jobs.length,
      trainAccuracy: spread(kept.map((row) => row?.trainAccuracy)).mean,
      trainLoss: spread(kept.map((row) => row?.trainLoss)).mean,
      validationAccuracy: spread(
        validation.map((score, index) => score?.accuracy ?? kept[index]?.validationAccuracy),
      ).mean,
      validationLoss: spread(validation.map((score, index) => score?.loss ?? kept[index]?.validationLoss))
        .mean,
    };
  });
  const configurations = unranked.map((own) => ({
    ...own,
    best: unranked.every((other) => other.architecture !== own.architecture || !validatesBetter(other, own)),
  }));
  return { settings, configurations };
}

function pickKeptEpoch({ epochs, selectedEpoch }: JobRun): JobRun["epochs"][number] | undefined {
  return epochs[(selectedEpoch ?? epochs.length) - 1];
}

type Validated = Pick<Configuration, "validationAccuracy" | "validationLoss">;

function validatesBetter(one: Validated, other: Validated): boolean {
  const [mine, theirs] = [one.validationAccuracy ?? -1, other.validationAccuracy ?? -1];
  if (mine !== theirs) return mine > theirs;
  return (
    (one.validationLoss ?? Number.POSITIVE_INFINITY) < (other.validationLoss ?? Number.POSITIVE_INFINITY)
  );
}
