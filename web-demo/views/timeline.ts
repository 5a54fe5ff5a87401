import { at } from "../../common/at.ts";
import type { Score } from "../worker/score.ts";
import { readColours } from "./colour-ramp.ts";
import { fitCanvas, makeElement } from "./elements.ts";

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
  readonly #strips = makeElement("canvas");
  #colours = readColours();
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
    this.#colours = readColours();
  }

  /** On phones strips are thin lines below the rows' text: the style sheet says how thin. */
  readSize(): void {
    const limit = getComputedStyle(this.#canvas).getPropertyValue("--strip-pixels");
    this.#maxStripHeight = limit === "" ? Infinity : Number(limit);
  }

  /** @param rows class of each strip, from above */
  draw(span: TimeSpan, rows: readonly number[]): void {
    const { context, width, height } = fitCanvas(this.#canvas);
    context.clearRect(0, 0, width, height);
    if (rows.length === 0 || width === 0) return;
    this.#paintStrips(span, rows);
    const rowHeight = height / Math.max(rows.length, minRows); // as the bars' rows are
    const stripHeight = Math.min(this.#maxStripHeight, rowHeight - gapPixels);
    context.imageSmoothingEnabled = false;
    for (const place of rows.keys()) {
      const top = (place + 1) * rowHeight - gapPixels / 2 - stripHeight;
      context.drawImage(this.#strips, 0, place, this.#strips.width, 1, 0, top, width, stripHeight);
    }
  }

  /**
   * The strips as an image, one row of pixels each: half an hour has thousands of scores for each class, and as many
   * rectangles would take a tenth of a second.
   */
  #paintStrips({ startSeconds, endSeconds }: TimeSpan, rows: readonly number[]): void {
    const canvas = this.#strips;
    canvas.width = this.#canvas.width;
    canvas.height = rows.length;
    const context = canvas.getContext("2d");
    if (context === null) return;
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer).fill(at(this.#colours, 0));
    const columnsPerSecond = canvas.width / (endSeconds - startSeconds);
    for (const score of this.#scores) {
      const left = Math.max(0, Math.round((score.startSeconds - startSeconds) * columnsPerSecond));
      const right = Math.min(canvas.width, Math.round((score.endSeconds - startSeconds) * columnsPerSecond));
      if (right <= left) continue;
      for (const [place, row] of rows.entries()) {
        const step = Math.round(0.85 * at(score.probabilities, row) * (this.#colours.length - 1));
        pixels.fill(at(this.#colours, step), place * canvas.width + left, place * canvas.width + right);
      }
    }
    context.putImageData(image, 0, 0);
  }
}
