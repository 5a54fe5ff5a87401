import { measureWavSeconds, type WavSound } from "../microphone/recording.ts";

/** Plays a sound's samples, from any place. The browser's own player reads them, so half an hour takes no second copy. */
export class Player {
  onEnd: () => void = () => undefined;
  readonly #audio = new Audio();
  #address: string | undefined;
  #seconds = 0;

  constructor() {
    this.#audio.addEventListener("ended", () => {
      this.onEnd();
    });
  }

  get durationSeconds(): number {
    return this.#seconds;
  }

  get isPlaying(): boolean {
    return this.#address !== undefined && !this.#audio.paused && !this.#audio.ended;
  }

  get positionSeconds(): number {
    return this.#address === undefined ? 0 : Math.min(this.#audio.currentTime, this.#seconds);
  }

  load(sound: WavSound): void {
    this.unload();
    this.#seconds = measureWavSeconds(sound);
    this.#address = URL.createObjectURL(sound.wav);
    this.#audio.src = this.#address;
  }

  unload(): void {
    this.pause();
    if (this.#address !== undefined) URL.revokeObjectURL(this.#address);
    this.#address = undefined;
    this.#seconds = 0;
    this.#audio.removeAttribute("src");
  }

  /** Where the browser forbids sound before the page was touched, nothing happens. */
  async play(): Promise<void> {
    if (this.#address === undefined) return;
    if (this.positionSeconds >= this.#seconds) this.#audio.currentTime = 0;
    try {
      await this.#audio.play();
    } catch (error) {
      // Another sound was loaded meanwhile, or the page was never touched.
      const isExpected =
        error instanceof DOMException && ["AbortError", "NotAllowedError"].includes(error.name);
      if (!isExpected) throw error;
    }
  }

  pause(): void {
    this.#audio.pause();
  }

  seek(seconds: number): void {
    this.#audio.currentTime = Math.max(0, Math.min(seconds, this.#seconds));
  }
}
