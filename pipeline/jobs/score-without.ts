import path from "node:path";
import { groupBy } from "../../datasets/folds/group-by.ts";
import type { Prediction } from "../../run-files/prediction.ts";
import type { FinishedJob } from "./job-list.ts";
import { findBest, findClasses, readTestPredictions } from "./predictions.ts";

/** How a network does on the test clips of all recordings but some; one pass a clip. */
export interface ScoreWithout {
  readonly network: string;
  readonly heads?: number;
  readonly withoutSources: readonly string[];
  /** Test clips of a seed that are left, over all its folds. */
  readonly clips: number;
  /** Mean over seeds of the fraction of these clips that a seed classifies correctly. */
  readonly testAccuracy: number;
  readonly testAccuracyOfSeeds: Readonly<Record<string, number>>;
}

/**
 * Scores trained jobs again without the test clips of some recordings. Nothing is trained anew: jobs that these
 * recordings did not test have learnt from them.
 */
export async function scoreWithout(
  folder: string,
  jobs: readonly FinishedJob[],
  withoutSources: readonly string[],
): Promise<ScoreWithout[]> {
  if (withoutSources.length === 0) return [];
  const groups = groupBy(jobs, ({ result }) => JSON.stringify(result.job.network));
  const scores = await Promise.all(
    [...groups.values()].map((group) => scoreGroup(folder, group, withoutSources)),
  );
  return scores.flat();
}

async function scoreGroup(
  folder: string,
  jobs: readonly FinishedJob[],
  withoutSources: readonly string[],
): Promise<ScoreWithout[]> {
  const [first] = jobs;
  if (first === undefined) return [];
  const accuracies: [seed: string, accuracy: number][] = [];
  let clips = 0;
  for (const [seed, members] of groupBy(jobs, ({ result }) => result.job.seed)) {
    const answers = await Promise.all(
      members.map(({ name }) => readTestPredictions(path.join(folder, "jobs", name))),
    );
    const outcomes = answers.flatMap((predictions) => judge(predictions, withoutSources));
    if (outcomes.length === 0) return [];
    clips = outcomes.length;
    accuracies.push([String(seed), outcomes.filter(Boolean).length / clips]);
  }
  const { network } = first.result.job;
  const heads = network.architecture === "cnn" ? {} : { heads: network.heads };
  const testAccuracy = accuracies.reduce((sum, [, accuracy]) => sum + accuracy, 0) / accuracies.length;
  return [
    {
      network: network.architecture,
      ...heads,
      withoutSources,
      clips,
      testAccuracy,
      testAccuracyOfSeeds: Object.fromEntries(accuracies),
    },
  ];
}

/** Whether each clip of the other recordings was classified correctly. */
function judge(predictions: readonly Prediction[], withoutSources: readonly string[]): boolean[] {
  const classes = findClasses(predictions);
  if (classes === null) return [];
  return predictions
    .filter(({ source }) => !withoutSources.includes(source))
    .map(({ logits, label }) => classes[findBest(logits)] === label);
}
