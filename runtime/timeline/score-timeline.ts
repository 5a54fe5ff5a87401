import { at } from "../../common/at.ts";
import { createPause } from "../../common/stop-signal.ts";
import { isSilent } from "../../features/audio/check-samples.ts";
import { countClipSamples, findLengthProblem } from "../../features/fit-clip.ts";
import { AudioError, OptionError } from "../errors.ts";
import { type StopSignal, throwIfAborted } from "../platform.ts";
import { resampleBlocks } from "../audio/resample-blocks.ts";
import { computeProbabilities, findTopClass } from "../rank-labels.ts";
import { SlidingWindow } from "./slide-window.ts";
import type { SoundWindow, WindowModel, WindowScorer } from "./window-model.ts";

/** The model's answer for one stretch of a longer sound. */
export interface TimelineEntry {
  /**
   * A window answers for the hop in its middle, so that entries follow each other without gap or overlap: the first
   * begins at 0, the last ends with the sound.
   */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** The most probable class and its probability; null and 0 where the window is digital silence. */
  readonly label: string | null;
  readonly confidence: number;
  /** One for each label, in the model's order; all 0 in silence, which has none of the classes. */
  readonly probabilities: Float64Array;
}

export interface TimelineOptions {
  /**
   * Time between two windows, at most the model's `windowSeconds`; up to half of that, taken to the nearest hop of the
   * features (23 ms at 1,024 samples), so that windows share what they overlap. Default half, in a stream a fifth.
   */
  readonly hopSeconds?: number;
  readonly signal?: StopSignal;
}

interface Sound {
  readonly blocks: AsyncIterable<Float32Array>;
  readonly sampleRateHz: number;
}

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
  { blocks, sampleRateHz }: Sound,
  model: WindowModel,
  { hopSeconds, signal }: TimelineOptions & { readonly hopSeconds: number },
  windowsPerRun: number,
): AsyncGenerator<TimelineEntry, void, undefined> {
  const windowHopSamples = countWindowHopSamples(model, hopSeconds);
  const score = model.openWindows(windowHopSamples);
  let waiting: Span[] = [];
  for await (const span of cutSpans({ blocks, sampleRateHz }, model, windowHopSamples, signal)) {
    throwIfAborted(signal);
    waiting.push(span);
    if (waiting.length < windowsPerRun) continue;
    yield* await scoreSpans(waiting, model, score);
    waiting = [];
  }
  throwIfAborted(signal);
  if (waiting.length > 0) yield* await scoreSpans(waiting, model, score);
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
  { blocks, sampleRateHz }: Sound,
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
  if (problem !== undefined) throw new AudioError(`sound: ${problem}`);
  yield { window: { samples: end.samples }, startSeconds, endSeconds };
}

async function scoreSpans(
  spans: readonly Span[],
  model: WindowModel,
  score: WindowScorer,
): Promise<TimelineEntry[]> {
  const classes = model.labels.length;
  const sounding = spans.map(({ window }) => window).filter(({ samples }) => !isSilent(samples));
  const logits = sounding.length === 0 ? new Float32Array() : await score(sounding);
  return spans.map(({ startSeconds, endSeconds, window }) => {
    const index = sounding.indexOf(window);
    if (index < 0)
      return {
        startSeconds,
        endSeconds,
        label: null,
        confidence: 0,
        probabilities: new Float64Array(classes),
      };
    const row = logits.subarray(index * classes, (index + 1) * classes);
    const probabilities = computeProbabilities(row);
    const top = findTopClass(row);
    return {
      startSeconds,
      endSeconds,
      label: at(model.labels, top),
      confidence: at(probabilities, top),
      probabilities,
    };
  });
}
