/**
 * Time for a picture that moves evenly, though its frames come in bursts: runs at the speed of time, a little behind
 * the newest frame, and is pulled gently towards it.
 */
export class LiveClock {
  #seconds = 0;
  static readonly #lagSeconds = 0.08;
  static readonly #pullPerSecond = 3;

  /** @param newestSeconds end of the sound that has been drawn @returns the time at the right edge */
  advance(elapsedSeconds: number, newestSeconds: number): number {
    const target = Math.max(0, newestSeconds - LiveClock.#lagSeconds);
    const pull = Math.min(1, LiveClock.#pullPerSecond * elapsedSeconds);
    const next = this.#seconds + elapsedSeconds + pull * (target - this.#seconds - elapsedSeconds);
    // Never back, and never ahead of what there is.
    this.#seconds = Math.min(newestSeconds, Math.max(this.#seconds, next));
    return this.#seconds;
  }
}
