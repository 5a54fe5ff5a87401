import { at } from "../../common/at.ts";
import type * as tf from "@tensorflow/tfjs";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import { groupBy } from "../../datasets/folds/group-by.ts";
import { poolLogits } from "../../features/pool-logits.ts";
import type { Scorer } from "../../features/scorer.ts";
import { joinInputs } from "../data/batch.ts";
import { getTask, type Task } from "../task.ts";
import type { ClipMetrics } from "./metrics.ts";
import { predictLogits } from "./predict-logits.ts";
import { readTarget, type Example } from "../data/read-examples.ts";

/** What is measured is the whole clip: the windows of a long one are one answer, the mean of their logits. */
export interface Evaluation extends ClipMetrics {
  /** Ids of the whole clips, in the order in which their first windows were asked for. */
  readonly clipIds: readonly string[];
  /** Row-major [clips, classes], in the order of `clipIds`. */
  readonly logits: Float32Array;
}

const windowsPerBatch = 32;

/** Scores clips of a feature set (raw log-mel, all of one length) with any Scorer. */
export async function evaluate(
  scorer: Scorer,
  featureSet: FeatureSet,
  indices: readonly number[],
  task = getTask({}),
): Promise<Evaluation> {
  const parts: Float32Array[] = [];
  for (const group of takeGroups(indices)) {
    const windows = await Promise.all(group.map((index) => featureSet.read(index)));
    const { values, shape } = joinInputs(windows);
    parts.push(await scorer.score(values, shape));
  }
  const targets = indices.map((index) => readTarget(featureSet, index));
  return summarise(parts, targets, featureSet.labels.length, task);
}

/** The same for examples that are ready for the network. */
export async function evaluateExamples(
  model: tf.LayersModel,
  examples: readonly Example[],
  classes: number,
  task = getTask({}),
): Promise<Evaluation> {
  const parts: Float32Array[] = [];
  for (const group of takeGroups(examples)) {
    const { values, shape } = joinInputs(group.map(({ input }) => input));
    parts.push(await predictLogits(model, values, shape));
  }
  return summarise(parts, examples, classes, task);
}

/** @param parts logits of the windows, batch by batch, row-major [windows, classes] */
function summarise(
  parts: readonly Float32Array[],
  windows: readonly Pick<Example, "labels" | "clip">[],
  classes: number,
  { computeMetrics }: Task,
): Evaluation {
  const rows = parts.flatMap((part) =>
    Array.from({ length: part.length / classes }, (_, row) =>
      part.subarray(row * classes, (row + 1) * classes),
    ),
  );
  const whole = [...groupBy(windows.entries(), ([, { clip }]) => clip)];
  const labels = whole.map(([, windowsOfClip]) => at(windowsOfClip, 0)[1].labels);
  const logits = joinRows(
    whole.map(([, own]) => {
      const ownRows = own.map(([position]) => at(rows, position));
      return poolLogits(joinRows(ownRows, classes), classes, "mean");
    }),
    classes,
  );
  return { ...computeMetrics(logits, labels, classes), clipIds: whole.map(([clip]) => clip), logits };
}

function joinRows(rows: readonly Float32Array[], classes: number): Float32Array {
  const joined = new Float32Array(rows.length * classes);
  rows.forEach((row, position) => {
    joined.set(row, position * classes);
  });
  return joined;
}

function* takeGroups<Item>(items: readonly Item[]): Iterable<Item[]> {
  for (let start = 0; start < items.length; start += windowsPerBatch)
    yield items.slice(start, start + windowsPerBatch);
}
