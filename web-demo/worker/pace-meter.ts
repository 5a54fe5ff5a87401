import type { Pace } from "./protocol.ts";

/** Counts, second by second of sound, how a machine keeps up. */
export class PaceMeter {
  #seconds = 0;
  #scoredSeconds = 0;
  #inferences = 0;
  #peak = 0;

  addInference(): void {
    this.#inferences += 1;
  }

  /** @returns the pace of the last second, each time one is over */
  addSound(samples: Float32Array, seconds: number, isScored: boolean): Pace | undefined {
    this.#seconds += seconds;
    if (isScored) this.#scoredSeconds += seconds;
    for (const sample of samples) this.#peak = Math.max(this.#peak, Math.abs(sample));
    if (this.#seconds < 1) return undefined;
    const pace = {
      inferencesPerSecond: this.#inferences / this.#seconds,
      scoredFraction: this.#scoredSeconds / this.#seconds,
      peak: this.#peak,
    };
    this.#seconds = 0;
    this.#scoredSeconds = 0;
    this.#inferences = 0;
    this.#peak = 0;
    return pace;
  }
}
