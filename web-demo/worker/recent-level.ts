/** The loudest sample of the last few seconds, by blocks. */
export class RecentLevel {
  readonly #keptSeconds: number;
  #blocks: { readonly seconds: number; readonly peak: number }[] = [];
  #seconds = 0;

  constructor(keptSeconds: number) {
    this.#keptSeconds = keptSeconds;
  }

  /** 0 to 1; 0 before the first block. */
  get peak(): number {
    return this.#blocks.reduce((peak, block) => Math.max(peak, block.peak), 0);
  }

  push(samples: Float32Array, sampleRateHz: number): void {
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    const seconds = samples.length / sampleRateHz;
    this.#blocks.push({ seconds, peak });
    this.#seconds += seconds;
    for (let [oldest] = this.#blocks; oldest && this.#seconds - oldest.seconds >= this.#keptSeconds;) {
      this.#blocks.shift();
      this.#seconds -= oldest.seconds;
      [oldest] = this.#blocks;
    }
  }
}
