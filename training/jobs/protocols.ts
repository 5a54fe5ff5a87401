import { at } from "../../common/at.ts";
import { countColumns } from "../../features/meyda/scalar-features.ts";
import { composeJob } from "./compose-job.ts";
import type { JobSettings, TrainingJob } from "../../run-files/job.ts";
import { overrideJob, type Overrides } from "./override-job.ts";
import type { RecipeName } from "./recipes.ts";

/** A job and the name of its folder. Jobs of a list need nothing of one another. */
export interface NamedJob {
  readonly name: string;
  readonly job: TrainingJob;
}

export interface ProtocolOptions {
  readonly recipe: RecipeName;
  readonly networks: readonly NonNullable<JobSettings["network"]>[];
  readonly seeds: readonly number[];
  /** Folds of the data, ascending; at least one. */
  readonly folds: readonly number[];
  /** The fold that tests in `report` and `holdout`; without it, the first. */
  readonly testFold?: number | undefined;
  /** The fold that validates in `holdout`; without it, the next one. */
  readonly validationFold?: number | undefined;
  /** Settings that every job takes over; in texts, `{test}`, `{validation}` and `{seed}` stand for the job's own. */
  readonly overrides?: Overrides | undefined;
  /** Recordings whose clips are left out. */
  readonly excludedSources?: readonly string[] | undefined;
}

export const protocolNames = ["holdout", "final", "cv5", "report"] as const;

export type ProtocolName = (typeof protocolNames)[number];

export const protocols = {
  /** The reference: the first fold tests, each other one validates in turn while the rest trains. */
  report: (options: ProtocolOptions): NamedJob[] => {
    const test = options.testFold ?? at(options.folds, 0);
    const others = options.folds.filter((fold) => fold !== test);
    return listSeedBySeed(options, (ofSeed) =>
      others.flatMap((validation) =>
        listJobs(ofSeed, `validation-${validation}`, { test: [test], validation: [validation] }),
      ),
    );
  },

  /** The field's rotation: each fold tests in turn, all others train; the last epoch counts, for nothing validates. */
  cv5: (options: ProtocolOptions): NamedJob[] =>
    listSeedBySeed(options, (ofSeed) =>
      options.folds.flatMap((fold) =>
        takeLast(listJobs(ofSeed, `test-${fold}`, { test: [fold], validation: [] })),
      ),
    ),

  /**
   * One split, for users' own data: the first fold tests, the second validates. Of two folds one tests and one trains;
   * the last epoch counts, for nothing validates.
   */
  holdout: (options: ProtocolOptions): NamedJob[] => {
    const test = options.testFold ?? at(options.folds, 0);
    const others = options.folds.filter((fold) => fold !== test);
    const validation = options.validationFold ?? (others.length > 1 ? at(others, 0) : null);
    return validation === null
      ? takeLast(listJobs(options, "holdout", { test: [test], validation: [] }))
      : listJobs(options, "holdout", { test: [test], validation: [validation] });
  },

  /** Trains on everything, for deployment: nothing is measured. */
  final: (options: ProtocolOptions): NamedJob[] =>
    takeLast(listJobs(options, "final", { test: [], validation: [] })),
} as const satisfies Record<ProtocolName, (options: ProtocolOptions) => NamedJob[]>;

/** All folds of a seed before the next one's: a list that is stopped has whole rotations. */
function listSeedBySeed(options: ProtocolOptions, list: (ofSeed: ProtocolOptions) => NamedJob[]): NamedJob[] {
  return options.seeds.flatMap((seed) => list({ ...options, seeds: [seed] }));
}

function listJobs(
  { recipe, networks, seeds, overrides = {}, excludedSources = [] }: ProtocolOptions,
  part: string,
  folds: NonNullable<JobSettings["folds"]>,
): NamedJob[] {
  return networks.flatMap((network) =>
    seeds.map((seed) => {
      const job = composeJob({
        recipe,
        network,
        folds: { ...folds, excludedSources: [...excludedSources] },
        seed,
      });
      return {
        name: `${nameNetwork(network)}-${part}-seed-${seed}`,
        job: matchBands(overrideJob(job, fillPlaceholders(overrides, job)), overrides),
      };
    }),
  );
}

/** The network takes as many columns as the features have, unless the settings say how many. */
function matchBands(job: TrainingJob, overrides: Overrides): TrainingJob {
  const bands = countColumns(job.features);
  return "network.bands" in overrides || job.network.bands === bands
    ? job
    : overrideJob(job, { "network.bands": bands });
}

/** So that one list can start from another one's jobs, fold by fold: `runs/cnn/jobs/cnn-test-{test}-seed-{seed}`. */
function fillPlaceholders(overrides: Overrides, { folds, seed }: TrainingJob): Overrides {
  const values: Record<string, string> = {
    test: folds.test.join("-"),
    validation: folds.validation.join("-"),
    seed: String(seed),
  };
  const fill = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
  const fillValue = (value: unknown): unknown => {
    if (typeof value === "string") return fill(value);
    return Array.isArray(value) ? value.map(fillValue) : value;
  };
  return Object.fromEntries(Object.entries(overrides).map(([path, value]) => [path, fillValue(value)]));
}

function takeLast(jobs: readonly NamedJob[]): NamedJob[] {
  return jobs.map(({ name, job }) => ({ name, job: overrideJob(job, { select: "last" }) }));
}

function nameNetwork(network: NonNullable<JobSettings["network"]>): string {
  return network.architecture === "cnn" ? "cnn" : `${network.architecture}-${network.heads ?? 4}`;
}
