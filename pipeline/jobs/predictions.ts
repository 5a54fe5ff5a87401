import { readFile } from "node:fs/promises";
import path from "node:path";
import { at } from "../../common/at.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { predictionSchema, type Prediction } from "../../run-files/prediction.ts";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { evaluate } from "../../training/scoring/evaluate.ts";
import { splitClips } from "../../training/data/split-clips.ts";
import { getTask } from "../../training/task.ts";
import { createTfjsScorer } from "../../training/scoring/tfjs-scorer.ts";
import type { Run } from "../runs/run-folder.ts";

/**
 * Writes `predictions.jsonl`: the trained network's logits for every clip that it was not trained on, one line a
 * whole clip: the windows of a long one are pooled as in the run's result.
 */
export async function writePredictions(run: Run, featureSet: FeatureSet): Promise<void> {
  const parts = splitClips(featureSet, run.config.job.folds);
  const clips = new Map(featureSet.clips.map((clip) => [clip.parent ?? clip.id, clip]));
  const trained = await readCheckpoint(run.folder);
  const classes = trained.labels.length;
  const scorer = createTfjsScorer(trained);
  const rows: Prediction[] = [];
  for (const split of ["validation", "test"] as const) {
    if (parts[split].length === 0) continue;
    const { clipIds, logits } = await evaluate(scorer, featureSet, parts[split], getTask(trained.job));
    for (const [row, id] of clipIds.entries()) {
      const clip = clips.get(id);
      if (clip === undefined)
        throw new Error(`${id}: expected a clip of the data, got one that it does not have`);
      const { source, fold, label, labels } = clip;
      const scores = [...logits.subarray(row * classes, (row + 1) * classes)];
      const ofClasses = { label, ...(labels !== undefined && { labels: [...labels] }) };
      rows.push({ split, id, source, fold, ...ofClasses, logits: scores });
    }
  }
  await scorer.dispose();
  await writeFileAtomically(run.files.predictions, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** Whether the file has a line for each clip that it should have: a killed run may have left none, or not all. */
export async function arePredictionsWhole(run: Run, featureSet: FeatureSet): Promise<boolean> {
  const parts = splitClips(featureSet, run.config.job.folds);
  const expected = (["validation", "test"] as const).flatMap((split) =>
    parts[split].map((index) => {
      const { id, parent = id } = at(featureSet.clips, index);
      return `${split} ${parent}`;
    }),
  );
  const predictions = await readPredictions(run.folder).catch(() => null);
  const found = new Set(predictions?.map(({ split, id }) => `${split} ${id}`));
  return (
    predictions !== null && found.size === new Set(expected).size && expected.every((clip) => found.has(clip))
  );
}

/** @throws Error when there is no such file, or a line is torn */
export async function readPredictions(jobFolder: string): Promise<Prediction[]> {
  const text = await readFile(path.join(jobFolder, "predictions.jsonl"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => predictionSchema.parse(JSON.parse(line)));
}

/** From a finished job's `predictions.jsonl`. */
export async function readTestPredictions(jobFolder: string): Promise<Prediction[]> {
  return (await readPredictions(jobFolder)).filter(({ split }) => split === "test");
}

/**
 * The class that each logit stands for: the data set's sorted labels, which are those of the test clips.
 * @returns null where a class has no test clip, so that its place is unknown, and where clips may have several classes
 */
export function findClasses(predictions: readonly Prediction[]): readonly string[] | null {
  if (predictions.some(({ labels }) => labels !== undefined)) return null; // no one class a clip
  const labels = [...new Set(predictions.map(({ label }) => label))].sort();
  return predictions.every(({ logits }) => logits.length === labels.length) ? labels : null;
}

/** Place of the largest score; the first of equals. */
export const findBest = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));
