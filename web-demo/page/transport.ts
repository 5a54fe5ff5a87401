import { findElement } from "../views/elements.ts";
import { formatClock } from "../views/format.ts";
import { Player } from "./player.ts";
import type { WavSound } from "../microphone/recording.ts";

const playShape = "M4 2.5v11l9-5.5z";
const pauseShape = "M4 2.5h3v11H4zM9 2.5h3v11H9z";

/** Play button, position, clock, and the cursors over the picture. */
export class Transport {
  readonly #player = new Player();
  readonly #button = findElement("play", HTMLButtonElement);
  readonly #shape = document.getElementById("play-shape");
  readonly #seek = findElement("seek", HTMLInputElement);
  readonly #clock = findElement("clock", HTMLParagraphElement);
  readonly #cursors = ["cursor", "timeline-cursor"].map((id) => findElement(id, HTMLDivElement));
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#player.onEnd = onChange;
    this.#button.addEventListener("click", () => void this.#toggle());
    this.#seek.addEventListener("input", () => {
      this.moveTo(this.#seek.valueAsNumber);
    });
    for (const id of ["spectrogram", "timeline"]) {
      const picture = findElement(id, HTMLCanvasElement);
      picture.addEventListener("click", ({ offsetX }) => {
        this.moveTo((offsetX / picture.clientWidth) * this.durationSeconds);
      });
    }
    this.update();
  }

  get durationSeconds(): number {
    return this.#player.durationSeconds;
  }

  get positionSeconds(): number {
    return this.#player.positionSeconds;
  }

  get isPlaying(): boolean {
    return this.#player.isPlaying;
  }

  /** Whether the cursor stands, or moves, inside the sound: neither at its start nor at its end. */
  get isAside(): boolean {
    return this.isPlaying || (this.positionSeconds > 0 && this.positionSeconds < this.durationSeconds);
  }

  load(sound: WavSound): void {
    this.#player.load(sound);
    this.#seek.max = String(this.durationSeconds);
    this.#seek.step = String(Math.min(0.1, this.durationSeconds / 50));
    this.#setEnabled(true);
  }

  unload(): void {
    this.#player.unload();
    this.#setEnabled(false);
  }

  async play(): Promise<void> {
    await this.#player.play();
    this.#onChange();
  }

  moveTo(seconds: number): void {
    if (this.durationSeconds === 0) return;
    this.#player.seek(seconds);
    this.#onChange();
  }

  update(): void {
    const { durationSeconds, positionSeconds, isPlaying } = this;
    this.#shape?.setAttribute("d", isPlaying ? pauseShape : playShape);
    this.#button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    this.#seek.value = String(positionSeconds);
    this.#seek.setAttribute("aria-valuetext", formatClock(positionSeconds));
    this.#clock.textContent = `${formatClock(positionSeconds)} / ${formatClock(durationSeconds)}`;
    for (const cursor of this.#cursors) {
      cursor.hidden = durationSeconds === 0;
      // In hundredths of the picture's width, which need not be asked for: that would cost a layout.
      cursor.style.transform = `translateX(${((100 * positionSeconds) / (durationSeconds || 1)).toFixed(3)}cqw)`;
    }
  }

  async #toggle(): Promise<void> {
    if (this.isPlaying) this.#player.pause();
    else await this.#player.play();
    this.#onChange();
  }

  #setEnabled(isEnabled: boolean): void {
    this.#button.disabled = !isEnabled;
    this.#seek.disabled = !isEnabled;
  }
}
