import type { LogMel } from "../../features/log-mel.ts";

/** Of every few frames the loudest value in each band, as they arrive: a long sound in as many columns as a screen has. */
export class FramePooler {
  /** Frames that come out in all. */
  readonly frames: number;
  readonly #factor: number;
  readonly #total: number;
  #taken = 0;
  #open: Float32Array | undefined;

  /** @param factor frames that become one @param total frames that will be pushed */
  constructor(factor: number, total: number) {
    this.#factor = factor;
    this.#total = total;
    this.frames = Math.ceil(total / factor);
  }

  /** @returns the pooled frames that are complete */
  push({ values, frames, bands }: LogMel): LogMel {
    if (this.#factor === 1) return { values, frames, bands };
    const complete: number[] = [];
    for (let frame = 0; frame < frames; frame++) {
      const row = values.subarray(frame * bands, (frame + 1) * bands);
      this.#open = this.#open?.map((value, band) => Math.max(value, row[band] ?? value)) ?? row.slice();
      this.#taken += 1;
      if (this.#taken % this.#factor !== 0 && this.#taken !== this.#total) continue;
      complete.push(...this.#open);
      this.#open = undefined;
    }
    return { values: Float32Array.from(complete), frames: complete.length / bands, bands };
  }
}
