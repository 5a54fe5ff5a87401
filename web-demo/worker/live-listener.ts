import type { LogMelStream } from "../../features/log-mel-stream.ts";
import { createResampler } from "../../features/resample/resampler.ts";
import type { Classifier, SoundStream, TimelineEntry, WebSource } from "../../runtime/web.ts";
import { FirstWindow } from "./first-window.ts";
import { RecentLevel } from "./recent-level.ts";
import type { ListenRequest, LiveReport, Pace } from "./protocol.ts";
import type { Score } from "./score.ts";

/** Time between two answers: a fourth of a second, more where the machine needs it. */
const minHopSeconds = 0.25;
/** Sound that may wait for a slow machine; what arrives meanwhile is skipped. */
const bufferSeconds = 1;
/** 80 dB below full scale: a microphone that is on gives more. */
const silentPeak = 1e-4;

/** Classifies a live sound block by block: log-mel frames for the picture, answers a few times a second, events. */
export class LiveListener {
  /** Resolves when listening ends, rejects when it breaks. */
  readonly finished: Promise<void>;
  readonly #classifier: Classifier<WebSource>;
  readonly #blocks: MessagePort;
  readonly #report: (content: LiveReport) => void;
  readonly #startSeconds: number;
  readonly #stopped = new AbortController();
  readonly #pace = new PaceMeter();
  #level = new RecentLevel(0);
  /** Seconds of sound skipped so far. */
  #skippedSeconds = 0;

  constructor(
    classifier: Classifier<WebSource>,
    { blocks, sampleRateHz, startSeconds }: ListenRequest,
    report: (content: LiveReport) => void,
  ) {
    this.#classifier = classifier;
    this.#blocks = blocks;
    this.#report = report;
    this.#startSeconds = startSeconds;
    this.finished = this.#listen(sampleRateHz);
  }

  stop(): void {
    this.#stopped.abort();
    this.#blocks.close();
  }

  async #listen(sourceRateHz: number): Promise<void> {
    const { sampleRateHz, windowSeconds } = this.#classifier.info;
    const hopSeconds = Math.min(minHopSeconds, windowSeconds / 2);
    const logMel = await this.#classifier.openLogMel();
    await using stream = this.#classifier.stream({
      hopSeconds,
      bufferSeconds,
      signal: this.#stopped.signal,
      onEntry: (entry) => {
        this.#reportEntry(entry);
      },
    });
    const first = new FirstWindow(this.#classifier, hopSeconds, (score) => {
      this.#pace.addInference();
      this.#report({ kind: "score", score: this.#shift(this.#hush(score)), isProvisional: true });
    });
    const resampler = sourceRateHz === sampleRateHz ? undefined : createResampler(sourceRateHz, sampleRateHz);
    this.#level = new RecentLevel(windowSeconds);
    this.#blocks.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      this.#level.push(data, sourceRateHz);
      const samples = resampler?.push(data) ?? data;
      first.push(samples);
      this.#draw(logMel, samples).catch(ignore);
      this.#classify(stream, samples);
    };
    try {
      // The page makes its own events of the scores, for a threshold that moves.
      const events = stream[Symbol.asyncIterator]();
      let next = await events.next();
      while (next.done !== true) next = await events.next();
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error;
    } finally {
      this.stop();
    }
  }

  async #draw(logMel: LogMelStream, samples: Float32Array): Promise<void> {
    const frames = await logMel.push(samples);
    if (frames.frames > 0) this.#report({ kind: "frames", frames });
  }

  /** A stream whose buffer is full lets its writer wait; a microphone does not wait, so its sound is skipped. */
  #isFull = false;
  #classify(stream: SoundStream, samples: Float32Array): void {
    const seconds = samples.length / this.#classifier.info.sampleRateHz;
    const pace = this.#pace.addSound(seconds, !this.#isFull);
    if (pace !== undefined) this.#report({ kind: "pace", pace });
    if (this.#isFull) {
      this.#skippedSeconds += seconds;
      return;
    }
    this.#isFull = true;
    stream.push(samples).then(() => {
      this.#isFull = false;
    }, ignore);
  }

  #reportEntry({ startSeconds, endSeconds, probabilities }: TimelineEntry): void {
    this.#pace.addInference();
    const score = { startSeconds, endSeconds, probabilities: Float32Array.from(probabilities) };
    this.#report({ kind: "score", score: this.#shift(this.#hush(score)), isProvisional: false });
  }

  /** A muted microphone has none of the classes, whatever a model makes of nothing. */
  #hush(score: Score): Score {
    if (this.#level.peak >= silentPeak) return score;
    return { ...score, probabilities: new Float32Array(score.probabilities.length) };
  }

  /** From the stream's time to the time since listening began. */
  #shift<Span extends { readonly startSeconds: number; readonly endSeconds: number }>(span: Span): Span {
    const shift = this.#startSeconds + this.#skippedSeconds;
    return { ...span, startSeconds: span.startSeconds + shift, endSeconds: span.endSeconds + shift };
  }
}

function ignore(): void {
  // The loop over the stream's events fails in the same way, and reports it.
}

/** Counts, second by second of sound, how a machine keeps up. */
class PaceMeter {
  #seconds = 0;
  #scoredSeconds = 0;
  #inferences = 0;

  addInference(): void {
    this.#inferences += 1;
  }

  /** @returns the pace of the last second, each time one is over */
  addSound(seconds: number, isScored: boolean): Pace | undefined {
    this.#seconds += seconds;
    if (isScored) this.#scoredSeconds += seconds;
    if (this.#seconds < 1) return undefined;
    const pace = {
      inferencesPerSecond: this.#inferences / this.#seconds,
      scoredFraction: this.#scoredSeconds / this.#seconds,
    };
    this.#seconds = 0;
    this.#scoredSeconds = 0;
    this.#inferences = 0;
    return pace;
  }
}
