import { at } from "../../common/at.ts";
import type { Score } from "../worker/score.ts";
import { cssColour, readColourRamp } from "./colour-ramp.ts";
import { fitCanvas } from "./elements.ts";

const gapPixels = 3;
/** Of fewer classes the rows grow no higher. */
const minRows = 5;

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
  #maxStripHeight = Infinity;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.readSize();
  }

  clear(): void {
    this.#scores = [];
  }

  add(scores: readonly Score[]): void {
    this.#scores.push(...scores);
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

  /** On phones strips are thin lines below the rows' text: the style sheet says how thin. */
  readSize(): void {
    const limit = getComputedStyle(this.#canvas).getPropertyValue("--strip-pixels");
    this.#maxStripHeight = limit === "" ? Infinity : Number(limit);
  }

  /** @param rows class of each strip, from above */
  draw({ startSeconds, endSeconds }: TimeSpan, rows: readonly number[]): void {
    const { context, width, height } = fitCanvas(this.#canvas);
    context.clearRect(0, 0, width, height);
    const rowHeight = height / Math.max(rows.length, minRows); // as the bars' rows are
    const stripHeight = Math.min(this.#maxStripHeight, rowHeight - gapPixels);
    const pixelsPerSecond = width / (endSeconds - startSeconds);
    for (const [place, row] of rows.entries()) {
      const top = (place + 1) * rowHeight - gapPixels / 2 - stripHeight;
      context.fillStyle = cssColour(this.#ramp, 0);
      context.fillRect(0, top, width, stripHeight);
      for (const score of this.#scores) {
        const left = Math.max(0, (score.startSeconds - startSeconds) * pixelsPerSecond);
        const right = Math.min(width, (score.endSeconds - startSeconds) * pixelsPerSecond);
        if (right <= left) continue;
        context.fillStyle = cssColour(this.#ramp, 0.85 * at(score.probabilities, row));
        context.fillRect(left, top, right - left + 0.5, stripHeight);
      }
    }
  }
}
