import { composeJob } from "./compose-job.ts";
import type { JobSettings, TrainingJob } from "./job.ts";
import { overrideJob } from "./override-job.ts";
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
  /** Folds of the data, ascending. */
  readonly folds: readonly number[];
}

export const protocols = {
  /** The reference: the first fold tests, each other one validates in turn while the rest trains. */
  report: (options: ProtocolOptions): NamedJob[] => {
    const [test = 1, ...others] = options.folds;
    return others.flatMap((validation) =>
      listJobs(options, `validation-${validation}`, { test: [test], validation: [validation] }),
    );
  },

  /** The field's rotation: each fold tests in turn, all others train; the last epoch counts, for nothing validates. */
  cv5: (options: ProtocolOptions): NamedJob[] =>
    options.folds.flatMap((fold) =>
      takeLast(listJobs(options, `test-${fold}`, { test: [fold], validation: [] })),
    ),

  /** One split, for users' own data: the first fold tests, the second validates. */
  holdout: (options: ProtocolOptions): NamedJob[] => {
    const [test = 1, validation = 2] = options.folds;
    return listJobs(options, "holdout", { test: [test], validation: [validation] });
  },

  /** Trains on everything, for deployment: nothing is measured. */
  final: (options: ProtocolOptions): NamedJob[] =>
    takeLast(listJobs(options, "final", { test: [], validation: [] })),
} as const;

function listJobs(
  { recipe, networks, seeds }: ProtocolOptions,
  part: string,
  folds: NonNullable<JobSettings["folds"]>,
): NamedJob[] {
  return networks.flatMap((network) =>
    seeds.map((seed) => ({
      name: `${nameNetwork(network)}-${part}-seed-${seed}`,
      job: composeJob({ recipe, network, folds, seed }),
    })),
  );
}

function takeLast(jobs: readonly NamedJob[]): NamedJob[] {
  return jobs.map(({ name, job }) => ({ name, job: overrideJob(job, { select: "last" }) }));
}

function nameNetwork(network: NonNullable<JobSettings["network"]>): string {
  return network.architecture === "cnn" ? "cnn" : `${network.architecture}-${network.heads ?? 4}`;
}
