import { at } from "../../common/at.ts";
import { createPause } from "../../common/stop-signal.ts";
import { isSilent } from "../../features/audio/check-samples.ts";
import { countClipSamples, findLengthProblem } from "../../features/fit-clip.ts";
import { AudioError, OptionError } from "../errors.ts";
import { type StopSignal, throwIfAborted } from "../platform.ts";
import { resampleBlocks } from "../audio/resample-blocks.ts";
import { computeProbabilities } from "../../common/labelling.ts";
import { findTopClass } from "../rank-labels.ts";
import { listThresholds, reachesThreshold, type ThresholdOptions } from "../thresholds.ts";
import { SlidingWindow } from "./slide-window.ts";
import { type Localised, localise } from "./localise.ts";
import type { SoundWindow, WindowModel, WindowScorer } from "./window-model.ts";

/**
 * The model's answer for one stretch of a longer sound.
 *
 *     for await (const { startSeconds, label, confidence } of classifier.classifyLong("an-hour.flac"))
 *       console.log(startSeconds, label, confidence);
 */
export interface TimelineEntry {
  /**
   * Entries follow each other without gap or overlap: the first begins at 0, the last ends with the sound. A window
   * answers for the hop in its middle: step by step, where the network can be asked about each step of time (0.19 s in
   * models of 5 s), else as a whole.
   */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /**
   * The most probable class and its probability; null and 0 in digital silence. Where a sound may have several classes,
   * the most probable one that is named, if any is.
   */
  readonly label: string | null;
  readonly confidence: number;
  /** The classes that are named, most probable first: none, one, or several where a sound may have several. */
  readonly named: readonly string[];
  /** Whether no class is named: none reaches its threshold, or the sound is digital silence. */
  readonly rejected: boolean;
  /** One for each label, in the model's order; all 0 in silence, which has none of the classes. */
  readonly probabilities: Float64Array;
}

/**
 * What `classifyLong` takes.
 *
 *     classifier.classifyLong("an-hour.flac", { hopSeconds: 1, thresholds: 0.8 });
 */
export interface TimelineOptions {
  /**
   * Time between two windows, at most the model's `windowSeconds`; up to half of that, taken to the nearest hop of the
   * features (23 ms at 1,024 samples), so that windows share what they overlap. Default half, in a stream a fifth.
   */
  readonly hopSeconds?: number;
  /** Probability from which a class is named: for all, or by label. Default the model's; without any, 0. */
  readonly thresholds?: ThresholdOptions;
  readonly signal?: StopSignal;
}

interface Sound {
  /** For messages. */
  readonly name: string;
  readonly blocks: AsyncIterable<Float32Array>;
  readonly sampleRateHz: number;
}

/** What an entry is made with. */
interface Answering {
  readonly model: Pick<WindowModel, "labels" | "labelling" | "temperature">;
  /** One for each label. */
  readonly thresholds: readonly number[];
  readonly sampleRateHz: number;
}

/** A window, and the part of the sound that it answers for. */
interface Span {
  readonly window: SoundWindow;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/**
 * Scores an endless sound, window by window, in the memory of a few windows. The same entries, to the bit, however the
 * sound is cut into blocks.
 * @param windowsPerRun 1 for a live sound, which should not wait; more for a file
 */
export async function* scoreTimeline(
  sound: Sound,
  model: WindowModel,
  { hopSeconds, thresholds: asked, signal }: TimelineOptions & { readonly hopSeconds: number },
  windowsPerRun: number,
): AsyncGenerator<TimelineEntry, void, undefined> {
  const windowHopSamples = countWindowHopSamples(model, hopSeconds);
  const thresholds = listThresholds(model, asked, "clip");
  const answering = { model, thresholds, sampleRateHz: model.features.sampleRateHz };
  const score = model.openWindows();
  let waiting: Span[] = [];
  for await (const span of cutSpans(sound, model, windowHopSamples, signal)) {
    throwIfAborted(signal);
    waiting.push(span);
    if (waiting.length < windowsPerRun) continue;
    yield* await scoreSpans(waiting, answering, score);
    waiting = [];
  }
  throwIfAborted(signal);
  if (waiting.length > 0) yield* await scoreSpans(waiting, answering, score);
}

/**
 * Samples between two windows. Where windows overlap, whole hops of the features, so that they share frames.
 * @throws OptionError unless it is 1 to a window's
 */
export function countWindowHopSamples(
  { features }: Pick<WindowModel, "features">,
  hopSeconds: number,
): number {
  const hop = Math.round(hopSeconds * features.sampleRateHz);
  const clipSamples = countClipSamples(features);
  const frames = Math.round(hop / features.hopSamples);
  if (frames >= 1 && hop <= clipSamples / 2) return frames * features.hopSamples;
  if (hop >= 1 && hop <= clipSamples) return hop;
  throw new OptionError(
    `hopSeconds: expected a time above 0 and up to the model's ${features.clipSeconds}, got ${hopSeconds}`,
  );
}

async function* cutSpans(
  { name, blocks, sampleRateHz }: Sound,
  model: WindowModel,
  windowHopSamples: number,
  signal: StopSignal | undefined,
): AsyncGenerator<Span, void, undefined> {
  const { features } = model;
  const pause = createPause(signal); // silence is not scored, and a window may be minutes long
  const clipSamples = countClipSamples(features);
  const sliding = new SlidingWindow(clipSamples, windowHopSamples);
  const toSeconds = (samples: number) => samples / features.sampleRateHz;
  let startSeconds = 0;
  for await (const block of resampleBlocks(blocks, sampleRateHz, features.sampleRateHz)) {
    await pause();
    for (const window of sliding.push(block)) {
      const endSeconds = toSeconds(window.startSamples + (clipSamples + windowHopSamples) / 2);
      yield { window, startSeconds, endSeconds };
      startSeconds = endSeconds;
    }
  }
  const end = sliding.takeEnd();
  const endSeconds = toSeconds(sliding.receivedSamples);
  if (end === undefined || endSeconds <= startSeconds) return;
  const problem = findLengthProblem(end.samples.length, features);
  if (problem !== undefined) throw new AudioError(`${name}: ${problem}`);
  yield { window: end, startSeconds, endSeconds };
}

async function scoreSpans(
  spans: readonly Span[],
  answering: Answering,
  score: WindowScorer,
): Promise<TimelineEntry[]> {
  const sounding = spans.map(({ window }) => window).filter(({ samples }) => !isSilent(samples));
  const answers = sounding.length === 0 ? [] : await score(sounding);
  return spans.flatMap((span): TimelineEntry[] => {
    const answer = answers[sounding.indexOf(span.window)];
    if (answer === undefined) return [makeEntry(span, undefined, answering)];
    const probabilities = computeProbabilities(answer.logits, answering.model);
    if (answer.steps === undefined) return [makeEntry(span, probabilities, answering)];
    return cutEntries(span, localise(answer.steps, probabilities, answering.model), answering);
  });
}

/** A span as entries of equal length, about a step each. */
function cutEntries(
  { window, startSeconds, endSeconds }: Span,
  localised: Localised,
  answering: Answering,
): TimelineEntry[] {
  const { sampleRateHz } = answering;
  const count = Math.max(1, Math.round(((endSeconds - startSeconds) * sampleRateHz) / localised.stepSamples));
  const toSeconds = (part: number): number =>
    part === count ? endSeconds : startSeconds + (part * (endSeconds - startSeconds)) / count;
  const toPlace = (seconds: number): number => Math.round(seconds * sampleRateHz) - window.startSamples;
  return Array.from({ length: count }, (_, part) => {
    const own = { startSeconds: toSeconds(part), endSeconds: toSeconds(part + 1) };
    const [start, end] = [toPlace(own.startSeconds), toPlace(own.endSeconds)];
    const isEmpty = isSilent(window.samples.subarray(start, end));
    return makeEntry(own, isEmpty ? undefined : localised.read((start + end) / 2), answering);
  });
}

/** @param probabilities undefined in silence */
function makeEntry(
  { startSeconds, endSeconds }: Pick<Span, "startSeconds" | "endSeconds">,
  probabilities: Float64Array | undefined,
  { model: { labels, labelling }, thresholds }: Answering,
): TimelineEntry {
  if (probabilities === undefined)
    return {
      startSeconds,
      endSeconds,
      label: null,
      confidence: 0,
      named: [],
      rejected: true,
      probabilities: new Float64Array(labels.length),
    };
  const top = findTopClass(probabilities);
  const asked = labelling === "several" ? rankClasses(probabilities) : [top];
  const named = asked.filter((index) =>
    reachesThreshold({ probability: at(probabilities, index), index }, thresholds),
  );
  const shown = named[0] ?? top;
  return {
    startSeconds,
    endSeconds,
    probabilities,
    label: at(labels, shown),
    confidence: at(probabilities, shown),
    named: named.map((index) => at(labels, index)),
    rejected: named.length === 0,
  };
}

/** Positions of the classes, the most probable first. */
function rankClasses(probabilities: Float64Array): number[] {
  return [...probabilities.keys()].sort((one, other) => at(probabilities, other) - at(probabilities, one));
}
