import { nameNetwork } from "../run/job-settings.ts";
import type { Prediction, Split } from "../../run-files/prediction.ts";
import type { JobRun, JobSettings, RunResult } from "../run/run-result.ts";
import type { Answers } from "../metrics/answers.ts";

/**
 * Settings that tell jobs of one experiment apart without making it another experiment: folds, seed, and the networks of
 * the same fold and seed that a job starts or learns from.
 */
const repetitionSettings = [/^folds\./, /^seed$/, /^warmStart$/, /^distillation\.teachers$/];

/** Jobs of one run that differ only in folds and seed: those that have been scored, where some have. */
export interface Variant {
  /** The network in words, with the settings that other variants of the run have otherwise. */
  readonly title: string;
  readonly settings: JobSettings;
  readonly jobs: readonly JobRun[];
}

/** Groups a run's jobs, in the order in which they come. */
export function listVariants(run: RunResult): Variant[] {
  const groups = new Map<string, JobRun[]>();
  for (const job of run.jobs) {
    const key = JSON.stringify([...listOwnSettings(job.settings)]);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  const varying = listVaryingSettings(run.jobs);
  return [...groups.values()].flatMap((alike) => {
    const scored = alike.filter(
      ({ predictions, kept }) => predictions.length > 0 || (kept.test ?? kept.validation) !== null,
    );
    const jobs = scored.length > 0 ? scored : alike;
    const [first] = jobs;
    if (first === undefined) return [];
    const own = varying.map(
      (name) => `${shortenSetting(name)} ${String(first.settings.all.get(name) ?? "–")}`,
    );
    return [{ title: [nameNetwork(first.settings), ...own].join(", "), settings: first.settings, jobs }];
  });
}

/** Settings in which jobs differ, besides folds, seed and the network, which every title names anyway. */
export function listVaryingSettings(jobs: readonly JobRun[]): string[] {
  const names = new Set(jobs.flatMap(({ settings }) => [...settings.all.keys()]));
  const named = [/^network\.(architecture|heads)$/, /^network\.(encoder|feedForward)/];
  return [...names].filter((name) => {
    if ([...repetitionSettings, ...named].some((pattern) => pattern.test(name))) return false;
    return new Set(jobs.map(({ settings }) => settings.all.get(name))).size > 1;
  });
}

/** `optimiser.weightDecay` -> `weight decay`. */
export function shortenSetting(name: string): string {
  const last = name.split(".").at(-1) ?? name;
  return last.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

/** The scored clips of some jobs as one set of answers, with the clips they belong to. */
export interface PooledAnswers {
  readonly split: Split;
  readonly answers: Answers;
  /** In the order of the answers. */
  readonly predictions: readonly Prediction[];
  /** Different clips among them: several jobs may score the same one. */
  readonly distinctClips: number;
}

/**
 * Test clips where there are any, else validation clips; null when nothing usable was scored, and where clips may have
 * several classes (`evaluateLabelSets`).
 */
export function poolAnswers(
  jobs: readonly JobRun[],
  labels: readonly string[],
  split?: Split,
): PooledAnswers | null {
  const all = jobs.flatMap(({ predictions }) => predictions);
  const wanted = split ?? (all.some((prediction) => prediction.split === "test") ? "test" : "validation");
  const classOf = new Map(labels.map((label, index) => [label, index]));
  const usable = all.filter(
    ({ split, label, labels: set, logits }) =>
      split === wanted && set === undefined && classOf.has(label) && logits.length === labels.length,
  );
  if (usable.length === 0) return null;
  return {
    split: wanted,
    answers: {
      classes: labels.length,
      truth: usable.map(({ label }) => classOf.get(label) ?? 0),
      logits: usable.map(({ logits }) => logits),
    },
    predictions: usable,
    distinctClips: new Set(usable.map(({ id }) => id)).size,
  };
}

function listOwnSettings(settings: JobSettings): [string, unknown][] {
  return [...settings.all].filter(([name]) => !repetitionSettings.some((pattern) => pattern.test(name)));
}
