import type { LogMel } from "../../features/log-mel.ts";
import type { ColourRamp } from "./colour-ramp.ts";
import type { LevelRange } from "./level-range.ts";

/** Above 1 the quiet parts grow darker, so that sounds stand out of their background. */
const contrast = 1.35;

/** The last frames of a sound as an image, one column each: a ring, so that listening for hours costs nothing. */
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

  push({ values, frames, bands }: LogMel, range: LevelRange, ramp: ColourRamp): void {
    for (let frame = 0; frame < frames; frame++) {
      const column = this.frames % this.columns;
      this.#values.set(values.subarray(frame * bands, (frame + 1) * bands), column * bands);
      this.#paint(column, range, ramp);
      this.frames += 1;
    }
  }

  /** All columns again, in other colours. */
  repaint(range: LevelRange, ramp: ColourRamp): void {
    for (let column = 0; column < Math.min(this.frames, this.columns); column++)
      this.#paint(column, range, ramp);
  }

  /** Low bands below. */
  #paint(column: number, { low, high }: LevelRange, ramp: ColourRamp): void {
    const image = this.#context.createImageData(1, this.bands);
    for (let band = 0; band < this.bands; band++) {
      const value = this.#values[column * this.bands + band] ?? 0;
      const share = Math.max(0, Math.min(1, (value - low) / (high - low)));
      const step = Math.round(share ** contrast * 255);
      image.data.set(ramp.subarray(step * 4, step * 4 + 4), (this.bands - 1 - band) * 4);
    }
    this.#context.putImageData(image, column, 0);
  }
}
