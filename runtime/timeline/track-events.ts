import { at } from "../../common/at.ts";
import { OptionError } from "../errors.ts";
import {
  findThresholdProblems,
  listThresholds,
  type Thresholded,
  type ThresholdOptions,
} from "../thresholds.ts";
import type { TimelineEntry } from "./score-timeline.ts";

/**
 * A stretch of sound in which one class was found.
 *
 *     const bark: SoundEvent = { label: "Dog bark", startSeconds: 3.1, endSeconds: 4, confidence: 0.93 };
 */
export interface SoundEvent {
  readonly label: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Mean smoothed probability of the class over the event, gaps left out. */
  readonly confidence: number;
}

/**
 * When a class counts as found.
 *
 *     classifier.findEvents("an-hour.flac", { thresholds: 0.7, maxGapSeconds: 2, minimumSeconds: 0.5 });
 */
export interface EventOptions {
  /** Smoothed probability at which a class's event begins: for all, or by label. Default the model's; without any, 0.5. */
  readonly thresholds?: ThresholdOptions;
  /** Fraction of the threshold below which the event ends; 1 means no hysteresis. Default 0.8. */
  readonly releaseFraction?: number;
  /** Time over which probabilities are averaged; 0 takes each window as it is. Default 0. */
  readonly smoothingSeconds?: number;
  /** A class that is found again within this time goes on as one event, e.g. the ticks of a clock. Default 1. */
  readonly maxGapSeconds?: number;
  /** Shorter events are dropped. Default 0. */
  readonly minimumSeconds?: number;
}

/** Sound time from an event's end until it is certain that it does not go on. */
export function readMaxGapSeconds({ maxGapSeconds = 1 }: EventOptions): number {
  return maxGapSeconds;
}

/** An event that may go on: of a class that is active, or was so less than the gap ago. */
interface OpenEvent {
  readonly startSeconds: number;
  endSeconds: number;
  isActive: boolean;
  sum: number;
  entries: number;
}

/** Turns a timeline into events, one state machine for each class. */
export class EventTracker {
  readonly #labels: readonly string[];
  readonly #thresholds: readonly number[];
  readonly #releaseFraction: number;
  readonly #minimumSeconds: number;
  readonly #maxGapSeconds: number;
  readonly #smoothingSeconds: number;
  #recent: TimelineEntry[] = [];
  readonly #open = new Map<number, OpenEvent>();

  /** @throws OptionError that lists every option out of range, and labels that the model does not have */
  constructor(model: Thresholded, options: EventOptions) {
    const { releaseFraction = 0.8, smoothingSeconds = 0, minimumSeconds = 0 } = options;
    checkOptions(model.labels, options);
    this.#labels = model.labels;
    this.#thresholds = listThresholds(model, options.thresholds, "event");
    this.#releaseFraction = releaseFraction;
    this.#minimumSeconds = minimumSeconds;
    this.#maxGapSeconds = readMaxGapSeconds(options);
    this.#smoothingSeconds = smoothingSeconds;
  }

  /** @returns the events that cannot go on after this entry, in the order of their ends */
  push(entry: TimelineEntry): SoundEvent[] {
    const isRecent = (one: TimelineEntry): boolean =>
      (one.startSeconds + one.endSeconds) / 2 > entry.endSeconds - this.#smoothingSeconds;
    this.#recent = [...this.#recent.filter(isRecent), entry];
    for (const [index, threshold] of this.#thresholds.entries())
      this.#advance(index, threshold, entry, this.#smooth(index));
    return this.#close(
      ({ isActive, endSeconds }) => !isActive && entry.endSeconds - endSeconds >= this.#maxGapSeconds,
    );
  }

  /** @returns the events that were still open when the sound ended, in the order of their ends */
  flush(): SoundEvent[] {
    return this.#close(() => true);
  }

  #advance(index: number, threshold: number, entry: TimelineEntry, probability: number): void {
    const { startSeconds, endSeconds } = entry;
    const open = this.#open.get(index);
    const needed = open?.isActive === true ? threshold * this.#releaseFraction : threshold;
    if (probability < needed || probability === 0) {
      // 0 is silence, which has none of the classes, also where everything is to be found.
      if (open !== undefined) open.isActive = false;
    } else if (open === undefined) {
      this.#open.set(index, { startSeconds, endSeconds, isActive: true, sum: probability, entries: 1 });
    } else {
      open.endSeconds = endSeconds;
      open.isActive = true;
      open.sum += probability;
      open.entries += 1;
    }
  }

  #smooth(index: number): number {
    let sum = 0;
    for (const { probabilities } of this.#recent) sum += at(probabilities, index);
    return sum / this.#recent.length;
  }

  /** Takes out the events of which a test holds; those that were too short are dropped. */
  #close(isOver: (open: OpenEvent) => boolean): SoundEvent[] {
    const closed: SoundEvent[] = [];
    for (const [index, open] of this.#open) {
      if (!isOver(open)) continue;
      this.#open.delete(index);
      const { startSeconds, endSeconds, sum, entries } = open;
      if (endSeconds - startSeconds >= this.#minimumSeconds)
        closed.push({ label: at(this.#labels, index), startSeconds, endSeconds, confidence: sum / entries });
    }
    return closed.sort((one, other) => one.endSeconds - other.endSeconds);
  }
}

/** The events of a timeline, each as soon as it cannot go on. @throws OptionError, at once */
export function findEvents(
  timeline: AsyncIterable<TimelineEntry>,
  model: Thresholded,
  options: EventOptions = {},
): AsyncGenerator<SoundEvent, void, undefined> {
  return trackTimeline(timeline, new EventTracker(model, options));
}

async function* trackTimeline(
  timeline: AsyncIterable<TimelineEntry>,
  tracker: EventTracker,
): AsyncGenerator<SoundEvent, void, undefined> {
  for await (const entry of timeline) yield* tracker.push(entry);
  yield* tracker.flush();
}

function checkOptions(labels: readonly string[], options: EventOptions): void {
  const { releaseFraction = 1, smoothingSeconds = 0, minimumSeconds = 0 } = options;
  const maxGapSeconds = readMaxGapSeconds(options);
  const times = Object.entries({ smoothingSeconds, maxGapSeconds, minimumSeconds });
  const problems = [
    ...findThresholdProblems(labels, options.thresholds),
    ...(releaseFraction >= 0 && releaseFraction <= 1
      ? []
      : [`releaseFraction: expected 0 to 1, got ${releaseFraction}`]),
    ...times
      .filter(([, seconds]) => !(seconds >= 0 && seconds < Infinity))
      .map(([name, seconds]) => `${name}: expected seconds from 0, got ${seconds}`),
  ];
  if (problems.length > 0) throw new OptionError(problems.join("\n"));
}
