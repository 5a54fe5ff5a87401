import type { Classifier, WebSource } from "../../runtime/web.ts";
import { orderProbabilities, type Score } from "./score.ts";

/** Scores before the first window is full: the sound so far, padded as the model pads short clips. Then no more. */
export class FirstWindow {
  readonly #classifier: Classifier<WebSource>;
  readonly #report: (score: Score) => void;
  readonly #samples: Float32Array;
  readonly #hopSamples: number;
  #received = 0;
  #scored = 0;
  #isBusy = false;

  constructor(classifier: Classifier<WebSource>, hopSeconds: number, report: (score: Score) => void) {
    const { windowSeconds, sampleRateHz } = classifier.info;
    this.#classifier = classifier;
    this.#report = report;
    this.#samples = new Float32Array(Math.round(windowSeconds * sampleRateHz));
    this.#hopSamples = Math.round(hopSeconds * sampleRateHz);
  }

  push(block: Float32Array): void {
    const room = this.#samples.length - this.#received;
    if (room === 0) return;
    this.#samples.set(block.subarray(0, room), this.#received);
    this.#received += Math.min(block.length, room);
    const isDue = this.#received - this.#scored >= this.#hopSamples && this.#received < this.#samples.length;
    if (isDue && !this.#isBusy) {
      this.#classify().catch(() => {
        // The stream that takes the same sound fails in the same way, and reports it.
      });
    }
  }

  async #classify(): Promise<void> {
    const { sampleRateHz } = this.#classifier.info;
    const from = this.#scored;
    this.#scored = this.#received;
    this.#isBusy = true;
    try {
      const answer = await this.#classifier.classify(this.#samples.slice(0, this.#scored), { sampleRateHz });
      this.#report({
        startSeconds: from / sampleRateHz,
        endSeconds: this.#scored / sampleRateHz,
        probabilities: orderProbabilities(answer),
      });
    } finally {
      this.#isBusy = false;
    }
  }
}
