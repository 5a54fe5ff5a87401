import type { LogMel } from "../../features/log-mel.ts";
import { readShades } from "./colour-ramp.ts";
import { FrameImage } from "./frame-image.ts";
import { fitCanvas } from "./elements.ts";
import { followRange, type LevelRange, measureRange } from "./level-range.ts";
import type { PictureSize } from "../worker/protocol.ts";
import type { TimeSpan } from "./timeline.ts";

/** Where a live picture's colours start, before the level of the room is known. */
const firstRange: LevelRange = { low: 8, high: 24 };

/** The log-mel frames that the network takes, low bands below, time to the right. */
export class Spectrogram {
  readonly #canvas: HTMLCanvasElement;
  #shades = readShades();
  #image: FrameImage | undefined;
  #range = firstRange;
  #framesPerSecond = 1;
  #isLive = false;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** Seconds of sound drawn so far. */
  get drawnSeconds(): number {
    return (this.#image?.frames ?? 0) / this.#framesPerSecond;
  }

  /** Nothing is shown. */
  clear(): void {
    this.#image = undefined;
  }

  /** A sound of known length, whose frames follow. */
  startClip({ frames, bands, framesPerSecond }: PictureSize): void {
    this.#framesPerSecond = framesPerSecond;
    this.#image = new FrameImage(Math.max(1, frames), bands);
    this.#isLive = false;
  }

  startLive(bands: number, framesPerSecond: number, keptSeconds: number): void {
    this.#framesPerSecond = framesPerSecond;
    this.#range = firstRange;
    this.#isLive = true;
    this.#image = new FrameImage(Math.ceil(keptSeconds * framesPerSecond), bands);
  }

  push(frames: LogMel): void {
    const image = this.#image;
    if (image === undefined) return;
    if (this.#isLive) {
      this.#range = followRange(this.#range, frames);
      image.push(frames, this.#range, this.#shades);
      return;
    }
    const range = measureRange(image.frames === 0 ? frames : { ...frames, values: image.joinValues(frames) });
    const isOther = differs(range, this.#range);
    if (isOther) this.#range = range;
    image.push(frames, this.#range, this.#shades);
    if (isOther) image.repaint(this.#range, this.#shades);
  }

  /** After a change between light and dark. */
  recolour(): void {
    this.#shades = readShades();
    this.#image?.repaint(this.#range, this.#shades);
  }

  draw({ startSeconds, endSeconds }: TimeSpan): void {
    const { context, width, height } = fitCanvas(this.#canvas);
    context.clearRect(0, 0, width, height);
    const image = this.#image;
    if (image === undefined) return;
    const startFrame = startSeconds * this.#framesPerSecond;
    const pixelsPerFrame = width / ((endSeconds - startSeconds) * this.#framesPerSecond);
    const first = Math.max(Math.floor(startFrame), image.frames - image.columns, 0);
    const last = Math.min(Math.ceil(endSeconds * this.#framesPerSecond), image.frames);
    // The ring may hold them in two pieces.
    for (let frame = first; frame < last;) {
      const column = frame % image.columns;
      const count = Math.min(last - frame, image.columns - column);
      const left = (frame - startFrame) * pixelsPerFrame;
      context.drawImage(image.canvas, column, 0, count, image.bands, left, 0, count * pixelsPerFrame, height);
      frame += count;
    }
  }
}

/** Colours of a whole sound follow its levels in steps that the eye sees; each step paints all of it again. */
function differs(one: LevelRange, other: LevelRange): boolean {
  return Math.abs(one.low - other.low) + Math.abs(one.high - other.high) > 0.25;
}
