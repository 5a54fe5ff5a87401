import { makeWavBlob, measureSeconds, type Recording } from "../microphone/recording.ts";
import { formatTimeOfDay } from "../views/format.ts";
import type { Sample } from "../views/sample-chips.ts";
import type { ClipReport, SoundSource } from "../worker/protocol.ts";
import { decodeInBrowser } from "./browser-decoder.ts";
import { ClipProgress, type ClipRequest, type ClipViews } from "./clip-progress.ts";
import type { Live } from "../microphone/live.ts";
import type { ModelSession, OpenSession } from "./model-session.ts";
import { loadSample } from "./model-source.ts";
import { PageProblem } from "./page-problem.ts";

/** Shorter recordings hold nothing that could be classified. */
const minRecordingSeconds = 0.3;

/** Classifies samples, files and recordings, one at a time: the newest request wins, and clears what was shown before. */
export class Clips {
  readonly #session: ModelSession;
  readonly #live: Live;
  readonly #views: ClipViews;
  #requests = 0;
  /** What is shown, to classify it again with another model. */
  #last: ClipRequest | undefined;
  #progress: ClipProgress | undefined;

  constructor(session: ModelSession, live: Live, views: ClipViews) {
    this.#session = session;
    this.#live = live;
    this.#views = views;
    views.shown.onThreshold = () => this.#progress?.showHeadline();
  }

  /** Whether the user has opened a sound, rather than seen a sample. */
  get hasOwnSound(): boolean {
    return this.#last !== undefined;
  }

  /** @throws PageProblem when it cannot be loaded */
  async classifySample(sample: Sample, { plays }: { readonly plays: boolean }): Promise<void> {
    const request = ++this.#requests;
    this.#last = undefined;
    this.#views.chips.press(sample.label);
    const blob = await loadSample(sample.file);
    if (request !== this.#requests) return;
    const title = `Sample ${sample.label}`;
    await this.#classify({ name: sample.label, title, blob, plays });
  }

  /** @throws PageProblem `bad-audio` when it cannot be decoded */
  async classifyFile(file: File): Promise<void> {
    await this.#classifyOwn({ name: file.name, title: file.name, blob: file, plays: true });
  }

  /** What the microphone recorded stays: shown, played, and saved as any other sound. */
  async classifyRecording(recording: Recording): Promise<void> {
    const { shown, verdict } = this.#views;
    if (measureSeconds(recording) < minRecordingSeconds) {
      const why = "The microphone was on for too short a time.";
      shown.clear();
      verdict.say("empty", "Stopped", "Nothing recorded", why);
      return;
    }
    const name = `Recording ${formatTimeOfDay(new Date())}`;
    await this.#classifyOwn({ name, title: name, blob: makeWavBlob(recording), plays: false });
  }

  /** The sound that is shown, by the model that is open now. */
  async classifyAgain(): Promise<void> {
    if (this.#last !== undefined) await this.#classifyOwn({ ...this.#last, plays: false });
  }

  /** Whatever is under way is not shown any more. */
  drop(): void {
    this.#requests++;
    this.#last = undefined;
    this.#progress = undefined;
    this.#views.chips.press(undefined);
  }

  async #classifyOwn(request: ClipRequest): Promise<void> {
    this.#views.chips.press(undefined);
    this.#last = request;
    await this.#classify(request);
  }

  async #classify(request: ClipRequest): Promise<void> {
    const { verdict, shown } = this.#views;
    const { current } = this.#session;
    const { name, title } = request;
    if (current === undefined) throw new PageProblem("no-model", `${name}: expected an open model, got none`);
    const number = ++this.#requests;
    await this.#live.stop(current, { keeps: false });
    shown.begin(name, current.opened.info);
    verdict.say("working", title, "Working", "Reading the sound");
    verdict.onCancel = () => void current.client.cancel();
    const progress = new ClipProgress(this.#views, request);
    this.#progress = progress;
    try {
      await this.#run(current, request, (report) => {
        if (number === this.#requests) progress.show(report);
      });
      if (number === this.#requests) progress.end();
    } catch (error) {
      if (number !== this.#requests) return;
      if (error instanceof PageProblem && error.code === "cancelled") {
        progress.endEarly();
        return;
      }
      shown.clear();
      this.drop();
      verdict.say("error", title, "No answer", "This sound was not classified; the message says why.");
      throw error;
    }
  }

  async #run(
    { client }: OpenSession,
    { blob, name }: ClipRequest,
    onReport: (report: ClipReport) => void,
  ): Promise<void> {
    const source: SoundSource = { kind: "file", blob };
    try {
      await client.classify(source, name, onReport);
    } catch (error) {
      if (!(error instanceof PageProblem) || error.sampleRateHz === undefined) throw error;
      await client.classify(await decodeInBrowser(blob, name, error.sampleRateHz), name, onReport);
    }
  }
}
