import { at } from "../../common/at.ts";
import { OptionError } from "../errors.ts";
import type { TimelineEntry } from "./score-timeline.ts";

/** A stretch of sound in which one class was found. */
export interface SoundEvent {
  readonly label: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Mean smoothed probability of the class over the event. */
  readonly confidence: number;
}

/** When a class counts as found. */
export interface EventOptions {
  /** Smoothed probability at which a class's event begins: for all, or by label (the others: 0.5). Default 0.5. */
  readonly thresholds?: number | Readonly<Record<string, number>>;
  /** Fraction of the threshold below which the event ends; 1 means no hysteresis. Default 0.8. */
  readonly releaseFraction?: number;
  /** Time over which probabilities are averaged; 0 takes each window as it is. Default 0. */
  readonly smoothingSeconds?: number;
  /** Shorter events are dropped. Default 0. */
  readonly minimumSeconds?: number;
}

interface OpenEvent {
  readonly startSeconds: number;
  sum: number;
  entries: number;
}

const defaultThreshold = 0.5;

/** Turns a timeline into events, one state machine for each class. */
export class EventTracker {
  readonly #labels: readonly string[];
  readonly #thresholds: readonly number[];
  readonly #releaseFraction: number;
  readonly #minimumSeconds: number;
  readonly #smoothingEntries: number;
  readonly #recent: Float64Array[] = [];
  readonly #open = new Map<number, OpenEvent>();
  #endSeconds = 0;

  /** @throws OptionError that lists every option out of range, and labels that the model does not have */
  constructor(labels: readonly string[], hopSeconds: number, options: EventOptions) {
    const {
      thresholds = defaultThreshold,
      releaseFraction = 0.8,
      smoothingSeconds = 0,
      minimumSeconds = 0,
    } = options;
    checkOptions(labels, options);
    this.#labels = labels;
    this.#thresholds = labels.map((label) =>
      typeof thresholds === "number" ? thresholds : (thresholds[label] ?? defaultThreshold),
    );
    this.#releaseFraction = releaseFraction;
    this.#minimumSeconds = minimumSeconds;
    this.#smoothingEntries = Math.max(1, Math.round(smoothingSeconds / hopSeconds));
  }

  /** @returns the events that end where this entry begins */
  push({ startSeconds, endSeconds, probabilities }: TimelineEntry): SoundEvent[] {
    this.#recent.push(probabilities);
    if (this.#recent.length > this.#smoothingEntries) this.#recent.shift();
    this.#endSeconds = endSeconds;
    const ended: SoundEvent[] = [];
    for (const [index, threshold] of this.#thresholds.entries()) {
      const probability = this.#smooth(index);
      const open = this.#open.get(index);
      if (open === undefined) {
        if (probability >= threshold) this.#open.set(index, { startSeconds, sum: probability, entries: 1 });
      } else if (probability < threshold * this.#releaseFraction) {
        ended.push(...this.#close(index, open, startSeconds));
      } else {
        open.sum += probability;
        open.entries += 1;
      }
    }
    return ended;
  }

  /** @returns the events that were still open when the sound ended */
  flush(): SoundEvent[] {
    return [...this.#open].flatMap(([index, open]) => this.#close(index, open, this.#endSeconds));
  }

  #smooth(index: number): number {
    let sum = 0;
    for (const probabilities of this.#recent) sum += at(probabilities, index);
    return sum / this.#recent.length;
  }

  /** One event, or none when it was too short. */
  #close(index: number, open: OpenEvent, endSeconds: number): SoundEvent[] {
    this.#open.delete(index);
    const { startSeconds, sum, entries } = open;
    if (endSeconds - startSeconds < this.#minimumSeconds) return [];
    return [{ label: at(this.#labels, index), startSeconds, endSeconds, confidence: sum / entries }];
  }
}

/**
 * The events of a timeline, each as soon as it has ended. @param hopSeconds time between two entries
 * @throws OptionError, at once
 */
export function findEvents(
  timeline: AsyncIterable<TimelineEntry>,
  labels: readonly string[],
  hopSeconds: number,
  options: EventOptions = {},
): AsyncGenerator<SoundEvent, void, undefined> {
  return trackTimeline(timeline, new EventTracker(labels, hopSeconds, options));
}

async function* trackTimeline(
  timeline: AsyncIterable<TimelineEntry>,
  tracker: EventTracker,
): AsyncGenerator<SoundEvent, void, undefined> {
  for await (const entry of timeline) yield* tracker.push(entry);
  yield* tracker.flush();
}

function checkOptions(labels: readonly string[], options: EventOptions): void {
  const { thresholds = {}, releaseFraction = 1, smoothingSeconds = 0, minimumSeconds = 0 } = options;
  const named = typeof thresholds === "number" ? { thresholds } : thresholds;
  const unknown =
    typeof thresholds === "number" ? [] : Object.keys(thresholds).filter((label) => !labels.includes(label));
  const fractions = Object.entries({ ...named, releaseFraction });
  const times = Object.entries({ smoothingSeconds, minimumSeconds });
  const problems = [
    ...unknown.map(
      (label) => `thresholds: expected a label of the model (${labels.join(", ")}), got ${label}`,
    ),
    ...fractions
      .filter(([, fraction]) => !(fraction >= 0 && fraction <= 1))
      .map(([name, fraction]) => `${name}: expected 0 to 1, got ${fraction}`),
    ...times
      .filter(([, seconds]) => !(seconds >= 0 && seconds < Infinity))
      .map(([name, seconds]) => `${name}: expected seconds from 0, got ${seconds}`),
  ];
  if (problems.length > 0) throw new OptionError(problems.join("\n"));
}
