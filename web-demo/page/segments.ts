import { at } from "../../common/at.ts";
import { EventTracker, type SoundEvent } from "../../runtime/timeline/track-events.ts";
import { listThresholds, type Thresholded } from "../../runtime/thresholds.ts";
import type { Score } from "../worker/score.ts";

/** A stretch in which one class was found; an open one reaches the end of what was classified so far. */
export interface Segment extends SoundEvent {
  readonly isOpen: boolean;
}

/** The scores of the sound that is shown, and the segments that they give at the model's thresholds or at one by hand. */
export class Segments {
  readonly #model: Thresholded;
  readonly #scores: Score[] = [];
  /** Probabilities x seconds, and seconds, of all scores. */
  readonly #sums: Float64Array;
  #seconds = 0;
  #whole: readonly Segment[] | undefined;

  constructor(model: Thresholded) {
    this.#model = model;
    this.#sums = new Float64Array(model.labels.length);
  }

  add(scores: readonly Score[]): void {
    this.#scores.push(...scores);
    for (const { startSeconds, endSeconds, probabilities } of scores) {
      const own = endSeconds - startSeconds;
      this.#seconds += own;
      for (const [index, probability] of probabilities.entries())
        this.#sums[index] = at(this.#sums, index) + own * probability;
    }
  }

  /** A short sound has one answer: a segment for each class that may be named, or none where it is not sure enough. */
  setWhole(answers: readonly SoundEvent[]): void {
    this.#whole = answers.map((answer) => ({ ...answer, isOpen: false }));
  }

  /** For each label the probability from which it is named. @param byHand for all of them, in place of the model's */
  listThresholds(byHand: number | undefined): readonly number[] {
    return listThresholds(this.#model, byHand, "event");
  }

  /**
   * In the order of their starts.
   * @param byHand threshold in place of the model's @param isGrowing whether what reaches the end may go on
   */
  find(byHand: number | undefined, isGrowing: boolean): readonly Segment[] {
    const whole = this.#whole;
    if (whole !== undefined) {
      const thresholds = this.listThresholds(byHand);
      const { labels } = this.#model;
      return whole.filter(({ label, confidence }) => confidence >= at(thresholds, labels.indexOf(label)));
    }
    const tracker = new EventTracker(this.#model, byHand === undefined ? {} : { thresholds: byHand });
    const segments: Segment[] = [];
    for (const { startSeconds, endSeconds, probabilities } of this.#scores) {
      const entry = { startSeconds, endSeconds, label: null, confidence: 0, named: [], rejected: false };
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
    return Float32Array.from(this.#sums, (sum) => (this.#seconds === 0 ? 0 : sum / this.#seconds));
  }
}
