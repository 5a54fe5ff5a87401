import { at } from "../../common/at.ts";
import path from "node:path";
import { groupBy } from "../../datasets/folds/group-by.ts";
import { computeProbabilities } from "../../common/labelling.ts";
import type { Prediction } from "../../run-files/prediction.ts";
import type { FinishedJob } from "./job-list.ts";
import { findBest, findClasses, readTestPredictions } from "./predictions.ts";

/** Seeds of one network that answer together, each clip by the mean of their softmax; one pass a clip. */
export interface EnsembleScore {
  readonly network: string;
  readonly heads?: number;
  readonly seeds: readonly number[];
  /** Over the test clips of all folds, 0 to 1. */
  readonly testAccuracy: number;
  readonly clips: number;
}

/** Scores the seeds of each network as ensembles, over the folds that all of them were tested on. */
export async function scoreEnsembles(folder: string, jobs: readonly FinishedJob[]): Promise<EnsembleScore[]> {
  const groups = groupBy(jobs, ({ result }) => JSON.stringify(result.job.network));
  const scores = await Promise.all([...groups.values()].map((group) => scoreGroup(folder, group)));
  return scores.flat();
}

async function scoreGroup(folder: string, jobs: readonly FinishedJob[]): Promise<EnsembleScore[]> {
  const seeds = [...new Set(jobs.map(({ result }) => result.job.seed))].sort((a, b) => a - b);
  const [first] = jobs;
  if (first === undefined || seeds.length < 2) return [];
  const folds = groupBy(jobs, ({ result }) => JSON.stringify(result.job.folds));
  let clips = 0;
  let correct = 0;
  for (const members of folds.values()) {
    if (members.length !== seeds.length) return []; // seeds are missing: no number rather than another one
    const answers = await Promise.all(
      members.map(({ name }) => readTestPredictions(path.join(folder, "jobs", name))),
    );
    const outcome = scoreTogether(answers);
    clips += outcome.clips;
    correct += outcome.correct;
  }
  if (clips === 0) return [];
  const { network } = first.result.job;
  const heads = network.architecture === "cnn" ? {} : { heads: network.heads };
  return [{ network: network.architecture, ...heads, seeds, testAccuracy: correct / clips, clips }];
}

function scoreTogether(answers: readonly (readonly Prediction[])[]): { clips: number; correct: number } {
  const [first = []] = answers;
  const classes = findClasses(first);
  if (classes === null) return { clips: 0, correct: 0 };
  const sums = new Map(first.map(({ id }) => [id, classes.map(() => 0)]));
  for (const { id, logits } of answers.flat())
    computeProbabilities(logits).forEach((probability, index) => {
      const sum = sums.get(id);
      if (sum !== undefined) sum[index] = at(sum, index) + probability;
    });
  const correct = first.filter(({ id, label }) => classes[findBest(sums.get(id) ?? [])] === label);
  return { clips: first.length, correct: correct.length };
}
