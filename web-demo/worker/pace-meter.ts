import type { Pace } from "./protocol.ts";

/** Counts, second by second of sound, how a machine keeps up. */
export class PaceMeter {
  #seconds = 0;
  #scoredSeconds = 0;
  #inferences = 0;

  addInference(): void {
    this.#inferences += 1;
  }

  /** @returns the pace of the last second, each time one is over */
  addSound(seconds: number, isScored: boolean): Pace | undefined {
    this.#seconds += seconds;
    if (isScored) this.#scoredSeconds += seconds;
    if (this.#seconds < 1) return undefined;
    const pace = {
      inferencesPerSecond: this.#inferences / this.#seconds,
      scoredFraction: this.#scoredSeconds / this.#seconds,
    };
    this.#seconds = 0;
    this.#scoredSeconds = 0;
    this.#inferences = 0;
    return pace;
  }
}
