import { at } from "../../common/at.ts";
import type { Score } from "../worker/protocol.ts";
import { cssColour, readColourRamp } from "./colour-ramp.ts";
import { fitCanvas } from "./elements.ts";

const gapPixels = 3;

/** The stretch of time that spectrogram and timeline show, from their left edges to their right. */
export interface TimeSpan {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** One strip for each row of the bars: how probable its class was, over time. */
export class Timeline {
  readonly #canvas: HTMLCanvasElement;
  #ramp = readColourRamp();
  #scores: Score[] = [];

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  show(scores: readonly Score[]): void {
    this.#scores = [...scores];
  }

  /** Adds a live score, and forgets those that ended before `keepFromSeconds`. */
  push(score: Score, keepFromSeconds: number): void {
    this.#scores = this.#scores.filter(({ endSeconds }) => endSeconds >= keepFromSeconds);
    this.#scores.push(score);
  }

  /** The newest score that covers a time. */
  find(seconds: number): Score | undefined {
    return this.#scores.findLast(
      ({ startSeconds, endSeconds }) => startSeconds <= seconds && seconds <= endSeconds,
    );
  }

  recolour(): void {
    this.#ramp = readColourRamp();
  }

  /** @param rows class of each strip, from above */
  draw({ startSeconds, endSeconds }: TimeSpan, rows: readonly number[]): void {
    const { context, width, height } = fitCanvas(this.#canvas);
    context.clearRect(0, 0, width, height);
    const rowHeight = height / rows.length;
    const pixelsPerSecond = width / (endSeconds - startSeconds);
    for (const [place, row] of rows.entries()) {
      const top = place * rowHeight + gapPixels / 2;
      context.fillStyle = cssColour(this.#ramp, 0);
      context.fillRect(0, top, width, rowHeight - gapPixels);
      for (const score of this.#scores) {
        const left = Math.max(0, (score.startSeconds - startSeconds) * pixelsPerSecond);
        const right = Math.min(width, (score.endSeconds - startSeconds) * pixelsPerSecond);
        if (right <= left) continue;
        context.fillStyle = cssColour(this.#ramp, 0.85 * at(score.probabilities, row));
        context.fillRect(left, top, right - left + 0.5, rowHeight - gapPixels);
      }
    }
  }
}
