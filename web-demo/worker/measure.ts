import { at } from "../../common/at.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { sameAnswer, sameBackboneEdge, scaleDifference } from "../../runtime/parity/compare-answers.ts";
import {
  buildSampleInputs,
  type Classifier,
  type Classification,
  type ClassifierInfo,
  type WebSource,
} from "../../runtime/web.ts";
import type { ReferenceCase } from "../model/demo-file.ts";
import type { Measured, ReferenceParity } from "./protocol.ts";

/** Runs of which the median is reported; fewer on a machine that needs more than `maxMs` for them. */
const maxRuns = 15;
const maxMs = 3000;

/** Times the model on one window, and compares it with the reference. Other requests are answered in between. */
export async function measure(
  classifier: Classifier<WebSource>,
  reference: readonly ReferenceCase[],
): Promise<Measured> {
  const medianMs = await measureMedian(classifier);
  return {
    medianMs,
    realTimeFactor: (1000 * classifier.info.windowSeconds) / medianMs,
    parity: reference.length === 0 ? undefined : await compareWithReference(classifier, reference),
  };
}

async function measureMedian(classifier: Classifier<WebSource>): Promise<number> {
  const window = makeTestWindow(classifier.info);
  const times: number[] = [];
  const begin = performance.now();
  while (times.length < maxRuns && (times.length === 0 || performance.now() - begin < maxMs)) {
    const start = performance.now();
    await classifier.classify(window);
    times.push(performance.now() - start);
    await yieldToEvents();
  }
  times.sort((one, other) => one - other);
  return at(times, Math.floor(times.length / 2));
}

async function compareWithReference(
  classifier: Classifier<WebSource>,
  reference: readonly ReferenceCase[],
): Promise<ReferenceParity> {
  const { sampleRateHz, features, backbone } = classifier.info;
  const made = new Map(buildSampleInputs([], features).map(({ name, values }) => [name, values]));
  let largest = 0;
  let isSame = true;
  for (const { name, audio, logits } of reference) {
    const input = audio ?? made.get(name);
    if (input === undefined) continue;
    const scores = await classifier.classify(input, { sampleRateHz });
    const difference = findDifference(scores, logits);
    largest = Math.max(largest, difference);
    // Without audio, it is an edge input.
    isSame &&= difference <= (audio === undefined && backbone !== undefined ? sameBackboneEdge : sameAnswer);
    await yieldToEvents();
  }
  return { largest, isSame };
}

function findDifference(scores: Classification, logits: readonly number[]): number {
  if (scores.length !== logits.length) return Infinity;
  const differences = scores.map(({ index, logit }) => Math.abs(logit - at(logits, index)));
  if (!differences.every(Number.isFinite)) return Infinity;
  return scaleDifference(Math.max(...differences), Math.max(...logits.map(Math.abs)));
}

function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** A rising tone as long as the model's window, for measuring. */
export function makeTestWindow({
  sampleRateHz,
  windowSeconds,
}: Pick<ClassifierInfo, "sampleRateHz" | "windowSeconds">): Waveform {
  const length = Math.round(sampleRateHz * windowSeconds);
  const samples = Float32Array.from(
    { length },
    (_, index) => 0.3 * Math.sin((index * (200 + (index / length) * 2000)) / sampleRateHz),
  );
  return { samples, sampleRateHz };
}
