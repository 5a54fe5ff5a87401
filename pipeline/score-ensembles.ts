import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { softmax } from "../training/metrics.ts";
import type { FinishedJob } from "./job-list.ts";

const predictionSchema = z.object({
  split: z.string(),
  id: z.string(),
  label: z.string(),
  logits: z.array(z.number()),
});
type Prediction = z.infer<typeof predictionSchema>;

/** Seeds of one network that answer together, each clip by the mean of their softmax; one pass a clip. */
export interface EnsembleScore {
  readonly network: string;
  readonly heads?: number;
  readonly seeds: readonly number[];
  /** Share of all folds' test clips. */
  readonly testAccuracy: number;
  readonly clips: number;
}

/** Scores the seeds of each network as ensembles, over the folds that all of them were tested on. */
export async function scoreEnsembles(folder: string, jobs: readonly FinishedJob[]): Promise<EnsembleScore[]> {
  const groups = groupJobs(jobs, ({ network }) => network);
  const scores = await Promise.all([...groups.values()].map((group) => scoreGroup(folder, group)));
  return scores.flat();
}

async function scoreGroup(folder: string, jobs: readonly FinishedJob[]): Promise<EnsembleScore[]> {
  const seeds = [...new Set(jobs.map(({ result }) => result.job.seed))].sort((a, b) => a - b);
  const [first] = jobs;
  if (first === undefined || seeds.length < 2) return [];
  const folds = groupJobs(jobs, ({ folds }) => folds);
  let clips = 0;
  let correct = 0;
  for (const members of folds.values()) {
    if (members.length !== seeds.length) return []; // seeds are missing: no number rather than another one
    const answers = await Promise.all(members.map(({ name }) => readTests(path.join(folder, "jobs", name))));
    const outcome = scoreTogether(answers);
    clips += outcome.clips;
    correct += outcome.correct;
  }
  if (clips === 0) return [];
  const { network } = first.result.job;
  const heads = network.architecture === "cnn" ? {} : { heads: network.heads };
  return [{ network: network.architecture, ...heads, seeds, testAccuracy: correct / clips, clips }];
}

function groupJobs(
  jobs: readonly FinishedJob[],
  pick: (job: FinishedJob["result"]["job"]) => unknown,
): Map<string, FinishedJob[]> {
  const groups = new Map<string, FinishedJob[]>();
  for (const job of jobs) {
    const key = JSON.stringify(pick(job.result.job));
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return groups;
}

async function readTests(folder: string): Promise<Prediction[]> {
  const text = await readFile(path.join(folder, "predictions.jsonl"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines
    .map((line) => predictionSchema.parse(JSON.parse(line)))
    .filter(({ split }) => split === "test");
}

/** Labels are the data set's sorted ones, so the class of a label is its place among those that occur. */
function scoreTogether(answers: readonly (readonly Prediction[])[]): { clips: number; correct: number } {
  const [first = []] = answers;
  const labels = [...new Set(first.map(({ label }) => label))].sort();
  const isComplete = first.every(({ logits }) => logits.length === labels.length);
  if (!isComplete) return { clips: 0, correct: 0 }; // a class without test clips: its place is unknown
  const sums = new Map(first.map(({ id }) => [id, labels.map(() => 0)]));
  for (const { id, logits } of answers.flat())
    softmax(Float32Array.from(logits)).forEach((share, index) => {
      const sum = sums.get(id);
      if (sum !== undefined) sum[index] = (sum[index] ?? 0) + share;
    });
  const correct = first.filter(({ id, label }) => {
    const sum = sums.get(id) ?? [];
    return sum.indexOf(Math.max(...sum)) === labels.indexOf(label);
  });
  return { clips: first.length, correct: correct.length };
}
