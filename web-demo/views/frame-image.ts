import { joinBlocks } from "../../common/join-blocks.ts";
import type { LogMel } from "../../features/log-mel.ts";
import type { LevelRange } from "./level-range.ts";

/**
 * The last frames of a sound as an image, one column each: a ring, so that listening for hours costs nothing. Painted
 * in the shades of 256 levels at equal distances (`readShades`).
 */
export class FrameImage {
  readonly columns: number;
  readonly bands: number;
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #values: Float32Array;
  /** Frames pushed so far. */
  frames = 0;

  constructor(columns: number, bands: number) {
    this.columns = columns;
    this.bands = bands;
    this.canvas = document.createElement("canvas");
    this.canvas.width = columns;
    this.canvas.height = bands;
    const context = this.canvas.getContext("2d");
    if (context === null) throw new Error("canvas: expected a 2D context, got none");
    this.#context = context;
    this.#values = new Float32Array(columns * bands);
  }

  push({ values, frames, bands }: LogMel, range: LevelRange, shades: Uint32Array): void {
    // As many at a time as lie side by side in the ring.
    for (let done = 0; done < frames;) {
      const column = this.frames % this.columns;
      const count = Math.min(frames - done, this.columns - column);
      this.#values.set(values.subarray(done * bands, (done + count) * bands), column * bands);
      this.#paint(column, count, range, shades);
      this.frames += count;
      done += count;
    }
  }

  /** The values so far, and those that come next: for the levels of all of them. */
  joinValues({ values }: LogMel): Float32Array {
    return joinBlocks([this.#values.subarray(0, Math.min(this.frames, this.columns) * this.bands), values]);
  }

  /** All columns again, in other colours. */
  repaint(range: LevelRange, shades: Uint32Array): void {
    const count = Math.min(this.frames, this.columns);
    if (count > 0) this.#paint(0, count, range, shades);
  }

  /** Low bands below. Its loop runs once for a clip, in V8's interpreter: it does as little as it can, not even `at`. */
  #paint(column: number, count: number, { low, high }: LevelRange, shades: Uint32Array): void {
    const { bands } = this;
    const image = this.#context.createImageData(count, bands);
    const pixels = new Uint32Array(image.data.buffer);
    const shadesPerLevel = (shades.length - 1) / (high - low);
    const values = this.#values.subarray(column * bands, (column + count) * bands);
    // Rounds and clamps what it is given.
    const nearest = new Uint8ClampedArray(values.length);
    for (let index = 0; index < values.length; index++)
      nearest[index] = ((values[index] ?? 0) - low) * shadesPerLevel;
    for (let band = 0, place = 0; band < bands; band++) {
      for (let from = bands - 1 - band; from < nearest.length; from += bands)
        pixels[place++] = shades[nearest[from] ?? 0] ?? 0;
    }
    this.#context.putImageData(image, column, 0);
  }
}
