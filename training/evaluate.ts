import type * as tf from "@tensorflow/tfjs";
import type { FeatureSet } from "../datasets/feature-set.ts";
import type { Scorer } from "../features/scorer.ts";
import { joinInputs } from "./batch.ts";
import { computeMetrics, type ClassificationMetrics } from "./metrics.ts";
import { predictLogits } from "./predict-logits.ts";
import { readLabel, type Example } from "./read-examples.ts";

export interface Evaluation extends ClassificationMetrics {
  /** Row-major [clips, classes], in the order asked for. */
  readonly logits: Float32Array;
}

const clipsPerBatch = 32;

/** Scores clips of a feature set (raw log-mel, all of one length) with any Scorer. */
export async function evaluate(
  scorer: Scorer,
  featureSet: FeatureSet,
  indices: readonly number[],
): Promise<Evaluation> {
  const parts: Float32Array[] = [];
  for (const group of takeGroups(indices)) {
    const clips = await Promise.all(group.map((index) => featureSet.read(index)));
    const { values, shape } = joinInputs(clips);
    parts.push(await scorer.score(values, shape));
  }
  const labels = indices.map((index) => readLabel(featureSet, index));
  return summarise(parts, labels, featureSet.labels.length);
}

/** The same for examples that are ready for the network. */
export async function evaluateExamples(
  model: tf.LayersModel,
  examples: readonly Example[],
  classes: number,
): Promise<Evaluation> {
  const parts: Float32Array[] = [];
  for (const group of takeGroups(examples)) {
    const { values, shape } = joinInputs(group.map(({ input }) => input));
    parts.push(await predictLogits(model, values, shape));
  }
  const labels = examples.map(({ label }) => label);
  return summarise(parts, labels, classes);
}

function summarise(parts: readonly Float32Array[], labels: readonly number[], classes: number): Evaluation {
  const logits = Float32Array.from(parts.flatMap((part) => [...part]));
  return { ...computeMetrics(logits, labels, classes), logits };
}

function* takeGroups<Item>(items: readonly Item[]): Iterable<Item[]> {
  for (let start = 0; start < items.length; start += clipsPerBatch)
    yield items.slice(start, start + clipsPerBatch);
}
