/** A stretch of sound with its place. */
export interface SampleWindow {
  readonly samples: Float32Array;
  readonly startSamples: number;
}

/**
 * Cuts an endless sound into overlapping windows. Holds one window's samples, whatever the length of the sound, and
 * gives the same windows however the sound is cut into blocks.
 */
export class SlidingWindow {
  readonly #clipSamples: number;
  readonly #windowHopSamples: number;
  readonly #pending: Float32Array;
  #pendingCount = 0;
  #startSamples = 0;
  #last = new Float32Array();

  /** @throws RangeError unless 0 < hop <= window */
  constructor(clipSamples: number, windowHopSamples: number) {
    if (!(windowHopSamples > 0 && windowHopSamples <= clipSamples))
      throw new RangeError(`hop: expected 1 to ${clipSamples} samples, got ${windowHopSamples}`);
    this.#clipSamples = clipSamples;
    this.#windowHopSamples = windowHopSamples;
    this.#pending = new Float32Array(clipSamples);
  }

  /** Samples received so far. */
  get receivedSamples(): number {
    return this.#startSamples + this.#pendingCount;
  }

  /** @yields the windows that the block completes, one every hop */
  *push(block: Float32Array): Generator<SampleWindow, void, undefined> {
    let offset = 0;
    while (offset < block.length) {
      const part = block.subarray(offset, offset + this.#clipSamples - this.#pendingCount);
      this.#pending.set(part, this.#pendingCount);
      this.#pendingCount += part.length;
      offset += part.length;
      if (this.#pendingCount === this.#clipSamples) yield this.#takeWindow();
    }
  }

  /** The last window's length of the sound, or all of a shorter one; undefined when there was none. */
  takeEnd(): SampleWindow | undefined {
    const received = this.receivedSamples;
    if (received === 0) return undefined;
    if (this.#last.length === 0)
      return { samples: this.#pending.slice(0, this.#pendingCount), startSamples: 0 };
    // The pending samples begin a hop after the last window, and overlap it.
    const added = this.#pending.subarray(this.#clipSamples - this.#windowHopSamples, this.#pendingCount);
    const samples = new Float32Array(this.#clipSamples);
    samples.set(this.#last.subarray(added.length));
    samples.set(added, this.#clipSamples - added.length);
    return { samples, startSamples: received - this.#clipSamples };
  }

  #takeWindow(): SampleWindow {
    const window = { samples: this.#pending.slice(), startSamples: this.#startSamples };
    this.#last = window.samples;
    this.#pending.copyWithin(0, this.#windowHopSamples);
    this.#pendingCount -= this.#windowHopSamples;
    this.#startSamples += this.#windowHopSamples;
    return window;
  }
}
