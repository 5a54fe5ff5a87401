import { readFile } from "node:fs/promises";
import path from "node:path";
import { predictionSchema, type Prediction } from "../../run-files/prediction.ts";

/** From a finished job's `predictions.jsonl`. */
export async function readTestPredictions(jobFolder: string): Promise<Prediction[]> {
  const text = await readFile(path.join(jobFolder, "predictions.jsonl"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines
    .map((line) => predictionSchema.parse(JSON.parse(line)))
    .filter(({ split }) => split === "test");
}

/**
 * The class that each logit stands for: the data set's sorted labels, which are those of the test clips.
 * @returns null where a class has no test clip, so that its place is unknown
 */
export function findClasses(predictions: readonly Prediction[]): readonly string[] | null {
  const labels = [...new Set(predictions.map(({ label }) => label))].sort();
  return predictions.every(({ logits }) => logits.length === labels.length) ? labels : null;
}

/** Place of the largest score; the first of equals. */
export const findBest = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));
