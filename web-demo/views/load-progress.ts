import { formatMegabytes } from "./format.ts";
import type { Verdict } from "./verdict.ts";
import type { LoadReport } from "../worker/protocol.ts";

/** What is fetched before the first answer: ONNX Runtime and the model, counted together. */
export class LoadProgress {
  readonly #verdict: Verdict;
  readonly #parts = new Map<string, LoadReport>();
  #isOver = false;

  constructor(verdict: Verdict) {
    this.#verdict = verdict;
  }

  show(part: "runtime" | "model", report: LoadReport): void {
    if (this.#isOver) return;
    this.#parts.set(part, report);
    const reports = [...this.#parts.values()];
    const loaded = reports.reduce((sum, { loadedBytes }) => sum + loadedBytes, 0);
    const isKnown = reports.length === 2 && reports.every(({ totalBytes }) => totalBytes !== undefined);
    const total = reports.reduce((sum, { totalBytes = 0 }) => sum + totalBytes, 0);
    if (isKnown)
      this.#verdict.showProgress(loaded / total, `${formatMegabytes(loaded)} of ${formatMegabytes(total)}`);
    else this.#verdict.showProgress(undefined, formatMegabytes(loaded));
  }

  /** The model is open: what still arrives is not shown. */
  end(): void {
    this.#isOver = true;
  }
}
