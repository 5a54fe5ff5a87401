import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import { readScore, type JobResult } from "../../run-files/job-result.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { overrideJob, type Overrides } from "./override-job.ts";
import type { NamedJob } from "./protocols.ts";

/** Values to try, by the path of the setting. */
export type Grid = Readonly<Record<string, readonly unknown[]>>;

/** Where random search draws a setting from. `log`: uniform in the logarithm. */
export type Draw =
  | { readonly among: readonly unknown[] }
  | { readonly from: number; readonly to: number; readonly scale?: "linear" | "log" };

export interface Trial extends NamedJob {
  readonly overrides: Overrides;
}

/**
 * Trains trials, each in a folder of its name, and returns their results in order. What is trained is not trained
 * again.
 */
export type TrainTrials = (trials: readonly Trial[]) => Promise<readonly JobResult[]>;

export interface RankedTrial {
  readonly trial: Trial;
  readonly result: JobResult;
}

/** The report's grid: weight decay against first weights, with the settings that the report holds fixed. */
export const reportGrid = {
  fixed: {
    optimiser: { name: "sgd", learningRate: 1e-3, momentum: 0.9, nesterov: true },
    epochs: 20,
  },
  grid: {
    "optimiser.weightDecay": [0.001, 0.01, 0.05],
    "network.weightInit": ["random", "xavier"],
  },
} as const satisfies { fixed: Overrides; grid: Grid };

/** Every combination of a grid, as trials of a job; the last setting varies fastest. */
export function listGridTrials(job: TrainingJob, grid: Grid): Trial[] {
  const combinations = Object.entries(grid).reduce<Overrides[]>(
    (partial, [path, values]) =>
      partial.flatMap((chosen) => values.map((value) => ({ ...chosen, [path]: value }))),
    [{}],
  );
  return combinations.map((overrides) => createTrial(job, overrides));
}

/** `count` trials with each setting drawn by itself. */
export function drawTrials(
  job: TrainingJob,
  space: Readonly<Record<string, Draw>>,
  count: number,
  random: Random,
): Trial[] {
  return Array.from({ length: count }, () => {
    const drawn = Object.entries(space).map(([path, draw]) => [path, drawValue(path, draw, random)] as const);
    return createTrial(job, Object.fromEntries(drawn));
  });
}

/** Trains the trials. Returns them best first: validation score, then loss. */
export async function runTrials(trials: readonly Trial[], train: TrainTrials): Promise<RankedTrial[]> {
  const results = await train(trials);
  return rankTrials(trials.map((trial, index) => ({ trial, result: at(results, index) })));
}

export interface HalvingOptions {
  /** Epochs of the first round; each further round trains `factor` times as long. */
  readonly firstEpochs: number;
  /** One in `factor` goes on to the next round. */
  readonly factor: number;
}

/**
 * Successive halving (Jamieson and Talwalkar 2016): all trials train briefly, the best of them longer, until one is
 * left. Each round trains from the start, because schedules depend on the number of epochs. Returns the last round.
 */
export async function runHalving(
  trials: readonly Trial[],
  train: TrainTrials,
  { firstEpochs, factor }: HalvingOptions,
): Promise<RankedTrial[]> {
  if (!(factor >= 2)) throw new UserError(`factor: expected at least 2, got ${factor}`);
  let epochs = firstEpochs;
  let round = trials;
  for (;;) {
    const ranked = await runTrials(
      round.map((trial) => createTrial(trial.job, { ...trial.overrides, epochs })),
      train,
    );
    if (ranked.length <= 1) return ranked;
    round = ranked.slice(0, Math.max(1, Math.floor(ranked.length / factor))).map(({ trial }) => trial);
    epochs *= factor;
  }
}

/** Best first; equal trials keep their order. */
function rankTrials(ranked: readonly RankedTrial[]): RankedTrial[] {
  const read = ({ result: { validation } }: RankedTrial): { score: number; loss: number } => {
    if (validation === null) throw new UserError("tuning: expected a fold that validates, got none");
    return { score: readScore(validation), loss: validation.loss };
  };
  return [...ranked].sort((a, b) => {
    const [left, right] = [read(a), read(b)];
    return right.score - left.score || left.loss - right.loss;
  });
}

function createTrial(job: TrainingJob, overrides: Overrides): Trial {
  const named = Object.entries(overrides).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  return { name: named.join(",").replaceAll(/[^\w.,=+-]/g, ""), job: overrideJob(job, overrides), overrides };
}

function drawValue(path: string, draw: Draw, random: Random): unknown {
  if ("among" in draw) return draw.among[random.integer(draw.among.length)];
  const { from, to, scale = "linear" } = draw;
  if (!(from <= to) || (scale === "log" && from <= 0))
    throw new UserError(
      `${path}: expected from <= to${scale === "log" ? ", above 0" : ""}, got ${from} to ${to}`,
    );
  const fraction = random.next();
  return scale === "log" ? from * (to / from) ** fraction : from + fraction * (to - from);
}
