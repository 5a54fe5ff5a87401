import type { Classifier, WebSource } from "../../runtime/web.ts";
import { orderProbabilities } from "./order-probabilities.ts";
import type { Score } from "./protocol.ts";

/**
 * Answers before the first window is full: what has come so far, padded as the model pads short clips. Falls silent
 * afterwards.
 */
export class FirstWindow {
  readonly #ears: Classifier<WebSource>;
  readonly #report: (score: Score) => void;
  readonly #samples: Float32Array;
  readonly #hopSamples: number;
  #received = 0;
  #heard = 0;
  #isBusy = false;

  constructor(ears: Classifier<WebSource>, hopSeconds: number, report: (score: Score) => void) {
    const { windowSeconds, sampleRateHz } = ears.info;
    this.#ears = ears;
    this.#report = report;
    this.#samples = new Float32Array(Math.round(windowSeconds * sampleRateHz));
    this.#hopSamples = Math.round(hopSeconds * sampleRateHz);
  }

  push(block: Float32Array): void {
    const room = this.#samples.length - this.#received;
    if (room === 0) return;
    this.#samples.set(block.subarray(0, room), this.#received);
    this.#received += Math.min(block.length, room);
    const isDue = this.#received - this.#heard >= this.#hopSamples && this.#received < this.#samples.length;
    if (isDue && !this.#isBusy) {
      this.#hear().catch(() => {
        // The stream that hears the same sound meets the same trouble, and tells it.
      });
    }
  }

  async #hear(): Promise<void> {
    const { sampleRateHz } = this.#ears.info;
    const from = this.#heard;
    this.#heard = this.#received;
    this.#isBusy = true;
    try {
      const answer = await this.#ears.classify(this.#samples.slice(0, this.#heard), { sampleRateHz });
      this.#report({
        startSeconds: from / sampleRateHz,
        endSeconds: this.#heard / sampleRateHz,
        probabilities: orderProbabilities(answer),
      });
    } finally {
      this.#isBusy = false;
    }
  }
}
