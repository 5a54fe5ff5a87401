import { formatAudacity, formatCsv } from "../../runtime/timeline/format-events.ts";
import { listThresholds, type Thresholded } from "../../runtime/thresholds.ts";
import type { SoundEvent } from "../../runtime/web.ts";
import { findElement, saveFile } from "../views/elements.ts";
import { EventLog, type LogActions } from "../views/event-log.ts";
import { formatPercent } from "../views/format.ts";
import type { Score } from "../worker/score.ts";
import { cutWav, type WavSound } from "../microphone/recording.ts";
import { type Segment, Segments } from "./segments.ts";
import type { Stage } from "./stage.ts";

const noModel: Thresholded = { labels: [] };

type Teach = (clip: Blob, name: string, label: string) => void;

/**
 * The one sound that the page shows: its samples, scores and segments, and what can be saved of them. Picture, bars,
 * player and log all speak of it, or of none.
 */
export class ShownSound {
  /** Called with a clip that the user corrects. */
  onTeach: Teach = () => undefined;
  /** Classes that corrections offer besides the model's. */
  listTaught: () => readonly string[] = () => [];
  /** Called when the segments have changed because the threshold has. */
  onThreshold: () => void = () => undefined;
  readonly #stage: Stage;
  readonly #log: EventLog;
  readonly #slider = findElement("threshold", HTMLInputElement);
  readonly #figure = findElement("threshold-figure", HTMLOutputElement);
  readonly #buttons = ["save-sound", "save-csv", "save-labels"].map((id) =>
    findElement(id, HTMLButtonElement),
  );
  #labels: readonly string[] = [];
  #name = "";
  #sound: WavSound | undefined;
  #scored = new Segments(noModel);
  /** Whether the sound may have several classes. */
  isMultiLabel = false;
  /** Where the slider was moved: for all classes, in place of the model's. */
  #byHand: number | undefined;
  #isGrowing = false;
  #isLive = false;

  constructor(stage: Stage) {
    this.#stage = stage;
    const actions: LogActions = {
      onPlay: ({ startSeconds }) => void stage.playFrom(startSeconds),
      onSave: (segment) => {
        const clip = this.#cut(segment);
        if (clip !== undefined) saveFile(clip, `${this.#nameClip(segment)}.wav`);
      },
      onTeach: (segment, label) => {
        const clip = this.#cut(segment);
        if (clip !== undefined) this.onTeach(clip, this.#nameClip(segment), label);
      },
      listLabels: () => [...new Set([...this.#labels, ...this.listTaught()])],
    };
    this.#log = new EventLog(actions);
    this.#bindControls();
  }

  /** For each label the probability from which it is named. */
  get thresholds(): readonly number[] {
    return this.#scored.listThresholds(this.#byHand);
  }

  get segments(): readonly Segment[] {
    return this.#scored.find(this.#byHand, this.#isGrowing);
  }

  /** Another model: with its own thresholds, until the slider is moved. */
  setModel(model: Thresholded): void {
    this.#labels = model.labels;
    this.#byHand = undefined;
    const own = listThresholds(model, undefined, "event").filter(Number.isFinite);
    const [least, most] = [Math.min(...own), Math.max(...own)];
    this.#slider.valueAsNumber = 100 * least;
    const range = least === most ? formatPercent(least) : `${formatPercent(least)} to ${formatPercent(most)}`;
    this.#showFigure(model.thresholds === undefined ? range : `${range}, the model's`);
  }

  /** Another sound comes: nothing of the one before is left. */
  begin(name: string, model: Thresholded, { isLive = false } = {}): void {
    this.clear();
    this.#name = name;
    this.isMultiLabel = model.labelling === "several";
    this.#scored = new Segments(model);
    this.#isGrowing = true;
    this.#isLive = isLive;
  }

  clear(): void {
    this.#sound = undefined;
    this.#scored = new Segments(noModel);
    this.#isGrowing = false;
    this.#isLive = false;
    this.#stage.clear();
    this.#log.clear();
    this.#enable(false);
  }

  load(sound: WavSound): void {
    this.#sound = sound;
    this.#stage.load(sound);
  }

  setWhole(answers: readonly SoundEvent[]): void {
    this.#scored.setWhole(answers);
    this.#writeLog();
  }

  /** @param inLog whether segments come of them: those of a short sound only move the bars */
  addScores(scores: readonly Score[], { inLog }: { readonly inLog: boolean }): void {
    if (!this.#isLive) this.#stage.addScores(scores);
    if (!inLog) return;
    this.#scored.add(scores);
    this.#writeLog();
    if (!this.#isLive) this.#stage.showMean(this.#scored.average());
  }

  /** All of it was classified, or as much as will be. */
  end(): void {
    this.#isGrowing = false;
    this.#writeLog();
    this.#enable(this.#sound !== undefined);
  }

  #writeLog(): void {
    this.#log.show(this.segments, this.#isLive);
  }

  #bindControls(): void {
    this.#slider.addEventListener("input", () => {
      this.#byHand = this.#slider.valueAsNumber / 100;
      this.#showFigure(formatPercent(this.#byHand));
      this.#writeLog();
      if (!this.#isGrowing) this.onThreshold();
    });
    const [sound, csv, labels] = this.#buttons;
    sound?.addEventListener("click", () => {
      if (this.#sound !== undefined) saveFile(this.#sound.wav, `${this.#stem}.wav`);
    });
    csv?.addEventListener("click", () => void this.#saveText(formatCsv(this.segments), "csv", "text/csv"));
    labels?.addEventListener(
      "click",
      () => void this.#saveText(formatAudacity(this.segments), "txt", "text/plain"),
    );
  }

  #showFigure(figure: string): void {
    this.#figure.value = figure;
    this.#slider.setAttribute("aria-valuetext", figure);
  }

  async #saveText(lines: AsyncIterable<string>, extension: string, type: string): Promise<void> {
    const text: string[] = [];
    for await (const line of lines) text.push(line);
    saveFile(new Blob(text, { type }), `${this.#stem}.${extension}`);
  }

  get #stem(): string {
    return this.#name.replace(/\.[a-z0-9]{1,5}$/i, "") || "sound";
  }

  #nameClip({ startSeconds }: Segment): string {
    return `${this.#stem} ${startSeconds.toFixed(1)} s`;
  }

  #cut({ startSeconds, endSeconds }: Segment): Blob | undefined {
    return this.#sound && cutWav(this.#sound, startSeconds, endSeconds);
  }

  #enable(isEnabled: boolean): void {
    for (const button of this.#buttons) button.disabled = !isEnabled;
  }
}
