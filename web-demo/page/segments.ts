import { EventTracker, type SoundEvent } from "../../runtime/timeline/track-events.ts";
import type { Score } from "../worker/score.ts";

/** A stretch in which one class was found; an open one reaches the end of what was classified so far. */
export interface Segment extends SoundEvent {
  readonly isOpen: boolean;
}

/** The scores of the sound that is shown, and the segments that they give at a threshold. */
export class Segments {
  readonly #labels: readonly string[];
  readonly #scores: Score[] = [];
  #whole: Segment | undefined;

  constructor(labels: readonly string[]) {
    this.#labels = labels;
  }

  add(scores: readonly Score[]): void {
    this.#scores.push(...scores);
  }

  /** A short sound has one answer: one segment, or none where it is not sure enough. */
  setWhole(segment: SoundEvent): void {
    this.#whole = { ...segment, isOpen: false };
  }

  /** In the order of their starts. @param isGrowing whether what reaches the end may go on */
  find(threshold: number, isGrowing: boolean): readonly Segment[] {
    if (this.#whole !== undefined) return this.#whole.confidence >= threshold ? [this.#whole] : [];
    const tracker = new EventTracker(this.#labels, { thresholds: threshold });
    const segments: Segment[] = [];
    for (const { startSeconds, endSeconds, probabilities } of this.#scores) {
      const entry = { startSeconds, endSeconds, label: null, confidence: 0 };
      for (const event of tracker.push({ ...entry, probabilities: Float64Array.from(probabilities) }))
        segments.push({ ...event, isOpen: false });
    }
    const end = this.#scores.at(-1)?.endSeconds;
    for (const event of tracker.flush())
      segments.push({ ...event, isOpen: isGrowing && event.endSeconds === end });
    return segments.sort((one, other) => one.startSeconds - other.startSeconds);
  }

  /** Mean probabilities, weighted by time. */
  average(): Float32Array {
    const sums = new Float32Array(this.#labels.length);
    let seconds = 0;
    for (const { startSeconds, endSeconds, probabilities } of this.#scores) {
      const own = endSeconds - startSeconds;
      seconds += own;
      for (const [index, probability] of probabilities.entries())
        sums[index] = (sums[index] ?? 0) + own * probability;
    }
    return seconds === 0 ? sums : sums.map((sum) => sum / seconds);
  }
}
