import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";

const predictionSchema = z.object({
  split: z.string(),
  id: z.string(),
  source: z.string(),
  label: z.string(),
  logits: z.array(z.number()),
});

/** What a trained job answered for a test clip, in one pass. */
export type TestPrediction = z.infer<typeof predictionSchema>;

/** From a finished job's `predictions.jsonl`. */
export async function readTestPredictions(jobFolder: string): Promise<TestPrediction[]> {
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
export function findClasses(predictions: readonly TestPrediction[]): readonly string[] | null {
  const labels = [...new Set(predictions.map(({ label }) => label))].sort();
  return predictions.every(({ logits }) => logits.length === labels.length) ? labels : null;
}

/** Place of the largest score; the first of equals. */
export const findBest = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));
