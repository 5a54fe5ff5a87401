import {
  buildSampleInputs,
  type Classifier,
  type Classification,
  type WebSource,
} from "../../runtime/web.ts";
import type { ReferenceCase } from "../model/demo-file.ts";
import type { Measured } from "./protocol.ts";
import { makeTestWindow } from "./test-window.ts";

/** Runs of which the median is told; fewer on a machine that needs more than the time for them. */
const mostRuns = 15;
const longestMs = 3000;

/** Times the model on one window, and compares it with the reference. Other requests are answered in between. */
export async function measure(
  ears: Classifier<WebSource>,
  reference: readonly ReferenceCase[],
): Promise<Measured> {
  const medianMs = await measureMedian(ears);
  return {
    medianMs,
    realTimeFactor: (1000 * ears.info.windowSeconds) / medianMs,
    parity: reference.length === 0 ? undefined : await compareWithReference(ears, reference),
  };
}

async function measureMedian(ears: Classifier<WebSource>): Promise<number> {
  const window = makeTestWindow(ears.info);
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < mostRuns && (times.length === 0 || performance.now() - begin < longestMs)) {
    const start = performance.now();
    await ears.classify(window);
    times.push(performance.now() - start);
    await letOthersRun();
  }
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length / 2)] ?? NaN;
}

/** @returns the largest difference of any logit; infinite where an answer is no number */
async function compareWithReference(
  ears: Classifier<WebSource>,
  reference: readonly ReferenceCase[],
): Promise<number> {
  const { sampleRateHz, features } = ears.info;
  const made = new Map(buildSampleInputs([], features).map(({ name, values }) => [name, values]));
  let largest = 0;
  for (const { name, audio, logits } of reference) {
    const input = audio ?? made.get(name);
    if (input === undefined) continue;
    const scores = await ears.classify(input, { sampleRateHz });
    largest = Math.max(largest, findDifference(scores, logits));
    await letOthersRun();
  }
  return largest;
}

function findDifference(scores: Classification, logits: readonly number[]): number {
  const differences = scores.map(({ index, logit }) => Math.abs(logit - (logits[index] ?? NaN)));
  return differences.every(Number.isFinite) && logits.length === scores.length
    ? Math.max(...differences)
    : Infinity;
}

function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
