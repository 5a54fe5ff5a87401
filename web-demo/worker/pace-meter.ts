import type { Pace } from "./protocol.ts";

/** Counts, second by second of sound, how a machine keeps up. */
export class PaceMeter {
  #seconds = 0;
  #heardSeconds = 0;
  #inferences = 0;
  #peak = 0;

  addInference(): void {
    this.#inferences += 1;
  }

  /** @returns the pace of the last second, each time one is over */
  addSound(samples: Float32Array, seconds: number, isHeard: boolean): Pace | undefined {
    this.#seconds += seconds;
    if (isHeard) this.#heardSeconds += seconds;
    for (const sample of samples) this.#peak = Math.max(this.#peak, Math.abs(sample));
    if (this.#seconds < 1) return undefined;
    const pace = {
      inferencesPerSecond: this.#inferences / this.#seconds,
      heardShare: this.#heardSeconds / this.#seconds,
      peak: this.#peak,
    };
    this.#seconds = 0;
    this.#heardSeconds = 0;
    this.#inferences = 0;
    this.#peak = 0;
    return pace;
  }
}
