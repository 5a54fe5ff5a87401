import type { LogMel } from "../../features/log-mel.ts";
import type { Classification, ClassifierInfo } from "../../runtime/web.ts";
import { Bars } from "../views/bars.ts";
import { findElement } from "../views/elements.ts";
import { renderFrequencyScale } from "../views/frequency-scale.ts";
import { Spectrogram } from "../views/spectrogram.ts";
import { Timeline, type TimeSpan } from "../views/timeline.ts";
import type { PictureSize } from "../worker/protocol.ts";
import type { Score } from "../worker/score.ts";
import { LiveClock } from "../microphone/live-clock.ts";
import type { WavSound } from "../microphone/recording.ts";
import { Transport } from "./transport.ts";

/** What a live picture shows at once. */
const liveSpanSeconds = 10;

/** Spectrogram, timeline, bars and player: one picture of one sound, on one axis of time. Draws only what changes. */
export class Stage {
  readonly #spectrogram = new Spectrogram(findElement("spectrogram", HTMLCanvasElement));
  readonly #timeline = new Timeline(findElement("timeline", HTMLCanvasElement));
  readonly #bars = new Bars(findElement("bars", HTMLOListElement));
  readonly #transport = new Transport(() => {
    this.#requestDraw();
  });
  #liveClock: LiveClock | undefined;
  #overall: Float32Array = new Float32Array();
  #classes = 0;
  #lastDrawMs = 0;
  #isDue = false;

  constructor() {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#spectrogram.recolour();
      this.#timeline.recolour();
      this.#requestDraw();
    });
    new ResizeObserver(() => {
      this.#timeline.readSize();
      this.#requestDraw();
    }).observe(findElement("spectrogram", HTMLCanvasElement));
  }

  /** Sound drawn since listening began. */
  get liveSeconds(): number {
    return this.#spectrogram.drawnSeconds;
  }

  setModel({ labels, sampleRateHz }: ClassifierInfo): void {
    this.#classes = labels.length;
    this.#overall = new Float32Array(labels.length);
    this.#bars.setLabels(labels);
    renderFrequencyScale(findElement("frequencies", HTMLOListElement), sampleRateHz);
  }

  /** Nothing of any sound is left: the next one has not been decoded yet, or was refused. */
  clear(): void {
    this.#liveClock = undefined;
    this.#spectrogram.clear();
    this.#timeline.clear();
    this.#transport.unload();
    this.#showOverall(new Float32Array(this.#classes), []);
  }

  /** The answer for a whole sound. */
  showAnswer(answer: Classification): void {
    const ordered = [...answer].sort((one, other) => one.index - other.index);
    this.#showOverall(
      Float32Array.from(ordered, ({ probability }) => probability),
      ordered.map(({ logit }) => logit),
    );
  }

  /** What the bars say of a sound without one answer. @param probabilities mean over time */
  showMean(probabilities: Float32Array): void {
    this.#showOverall(probabilities, []);
  }

  load(sound: WavSound): void {
    this.#transport.load(sound);
    this.#requestDraw();
  }

  startPicture(size: PictureSize): void {
    this.#spectrogram.startClip(size);
  }

  addScores(scores: readonly Score[]): void {
    this.#timeline.add(scores);
    this.#requestDraw();
  }

  /** Plays from one second on. */
  async playFrom(seconds: number): Promise<void> {
    this.#transport.moveTo(seconds);
    await this.#transport.play();
  }

  play(): Promise<void> {
    return this.#transport.play();
  }

  startLive({ features }: ClassifierInfo): void {
    const framesPerSecond = features.sampleRateHz / features.hopSamples;
    this.#transport.unload();
    this.#liveClock = new LiveClock();
    this.#spectrogram.startLive(features.melBands, framesPerSecond, liveSpanSeconds + 2);
    this.#timeline.clear();
    this.#showOverall(new Float32Array(this.#classes), []);
  }

  pushFrames(frames: LogMel): void {
    this.#spectrogram.push(frames);
    this.#requestDraw();
  }

  pushScore(score: Score): void {
    this.#timeline.push(score, this.liveSeconds - 2 * liveSpanSeconds);
    this.#bars.show(score.probabilities);
    this.#requestDraw();
  }

  #showOverall(probabilities: Float32Array, logits: readonly number[]): void {
    this.#overall = probabilities;
    this.#bars.show(probabilities, true);
    this.#bars.explain(logits);
    this.#requestDraw();
  }

  #requestDraw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame((nowMs) => {
      this.#isDue = false;
      this.#draw(nowMs);
    });
  }

  #draw(nowMs: number): void {
    const elapsedMs = Math.min(100, nowMs - this.#lastDrawMs);
    this.#lastDrawMs = nowMs;
    const span = this.#advance(elapsedMs / 1000);
    this.#transport.update();
    if (this.#liveClock === undefined) this.#followCursor();
    this.#spectrogram.draw(span);
    this.#timeline.draw(span, this.#bars.order);
    if (this.#liveClock !== undefined || this.#transport.isPlaying) this.#requestDraw();
  }

  #advance(elapsedSeconds: number): TimeSpan {
    if (this.#liveClock === undefined)
      return { startSeconds: 0, endSeconds: Math.max(this.#transport.durationSeconds, 0.1) };
    const endSeconds = this.#liveClock.advance(elapsedSeconds, this.#spectrogram.drawnSeconds);
    return { startSeconds: endSeconds - liveSpanSeconds, endSeconds };
  }

  /** While a clip plays, the bars show the score at the cursor; else the answer for all of it. */
  #followCursor(): void {
    const here = this.#transport.isAside ? this.#timeline.find(this.#transport.positionSeconds) : undefined;
    this.#bars.show(here?.probabilities ?? this.#overall);
  }
}
