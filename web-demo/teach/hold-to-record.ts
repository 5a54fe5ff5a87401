import { type Microphone, openMicrophone } from "../microphone/microphone.ts";
import { cutRecording, measureSeconds, type Recording } from "../microphone/recording.ts";

/** After which a microphone that is not used is closed. */
const idleMs = 10_000;
const minSeconds = 0.3;

/**
 * Records while a button is held. The microphone opens with the first press, and stays open for a few seconds after
 * each.
 */
export class HoldRecorder {
  #opening: Promise<Microphone> | undefined;
  #heldSinceMs: number | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  /** @throws DOMException or PageProblem when there is no microphone to be had */
  async begin(): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#opening ??= openMicrophone(() => {
      this.#opening = undefined;
    });
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
    this.#heldSinceMs = performance.now();
  }

  /** @returns what was recorded since `begin`; undefined for less than a moment, as when permission was asked for */
  async end(): Promise<Recording | undefined> {
    const opening = this.#opening;
    if (opening === undefined) return undefined;
    const microphone = await opening;
    const seconds = this.#heldSinceMs === undefined ? 0 : (performance.now() - this.#heldSinceMs) / 1000;
    this.#heldSinceMs = undefined;
    this.#idleTimer = setTimeout(() => {
      this.#opening = undefined;
      void microphone.close();
    }, idleMs);
    const recording = await microphone.takeRecording();
    const total = measureSeconds(recording);
    const held = Math.min(seconds, total);
    return held < minSeconds ? undefined : cutRecording(recording, total - held, total);
  }
}
