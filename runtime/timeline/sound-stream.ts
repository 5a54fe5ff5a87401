// Apps compile these types with an older library too.
/// <reference lib="esnext.disposable" preserve="true" />
import { describeValue, findTag } from "../audio/describe-value.ts";
import { checkRate } from "../audio/read-waveform.ts";
import { AudioError, DisposedError, StreamError } from "../errors.ts";
import { throwIfAborted } from "../platform.ts";
import {
  countWindowHopSamples,
  scoreTimeline,
  type TimelineEntry,
  type TimelineOptions,
} from "./score-timeline.ts";
import { type EventOptions, findEvents, readMaxGapSeconds, type SoundEvent } from "./track-events.ts";
import type { WindowModel } from "./window-model.ts";

/**
 * What `classifier.stream` takes.
 *
 *     classifier.stream({ sampleRateHz: 48_000, onEntry: ({ label }) => console.log(label) });
 */
export interface StreamOptions extends TimelineOptions, EventOptions {
  /** Rate of the blocks that are pushed. Default the model's. */
  readonly sampleRateHz?: number;
  /** Sound that may wait to be scored before `push` lets its caller wait. Default 10. */
  readonly bufferSeconds?: number;
  /** Called with every entry of the timeline, before the events that it ends: for a live display. */
  readonly onEntry?: (entry: TimelineEntry) => void;
}

/** Sound that waits beyond this many buffers is refused: its caller does not await `push`. */
const overflowBuffers = 6;

/**
 * A live sound: push blocks of any size, iterate the events. One consumer. A slow consumer makes `push` wait.
 *
 *     const stream = classifier.stream({ sampleRateHz: 48_000 });
 *     microphone.onblock = (block) => void stream.push(block);
 *     for await (const { label, startSeconds } of stream) console.log(label, startSeconds);
 */
export class SoundStream implements AsyncIterable<SoundEvent>, AsyncDisposable {
  /** Sound time from an event's end to the block that makes it known: half a window, half a hop and `maxGapSeconds`. */
  readonly latencySeconds: number;
  readonly #events: AsyncGenerator<SoundEvent, void, undefined>;
  readonly #blocks: Float32Array[] = [];
  readonly #bufferSamples: number;
  readonly #options: StreamOptions;
  #waitingSamples = 0;
  #state: "open" | "ended" | "closed" = "open";
  #wakeReader = () => {
    // Nobody reads yet.
  };
  #wakeWriters: (() => void)[] = [];
  readonly #wakeAll = () => {
    this.#wakeReader();
    this.#releaseWriters();
  };

  /** @throws OptionError */
  constructor(model: WindowModel, options: StreamOptions = {}) {
    const { sampleRateHz = model.features.sampleRateHz, bufferSeconds = 10 } = options;
    checkRate(sampleRateHz);
    const wantedHopSeconds = options.hopSeconds ?? model.features.clipSeconds / 5;
    const hopSeconds = countWindowHopSamples(model, wantedHopSeconds) / model.features.sampleRateHz;
    this.latencySeconds = (model.features.clipSeconds + hopSeconds) / 2 + readMaxGapSeconds(options);
    this.#options = options;
    options.signal?.addEventListener("abort", this.#wakeAll);
    this.#bufferSamples = bufferSeconds * sampleRateHz;
    const timeline = scoreTimeline(
      { name: "stream", blocks: this.#readBlocks(), sampleRateHz },
      model,
      { ...options, hopSeconds },
      1,
    );
    this.#events = findEvents(this.#report(timeline), model, options);
  }

  /**
   * Takes the next samples, mono at the stream's rate; the block may be reused at once. Resolves while less than
   * `bufferSeconds` wait, else once the consumer has caught up.
   * @throws AudioError for NaN; DisposedError after `end` or `dispose`; StreamError `overflow` when six buffers wait,
   *   which drops the block
   */
  async push(block: Float32Array): Promise<void> {
    throwIfAborted(this.#options.signal);
    if (this.#state !== "open") throw new DisposedError("stream");
    if (!(block instanceof Float32Array) && findTag(block) !== "Float32Array")
      throw new AudioError(`stream: expected a Float32Array, got ${describeValue(block)}`);
    if (!block.every((sample) => Number.isFinite(sample)))
      throw new AudioError("stream: expected finite samples, got NaN or infinity");
    if (this.#waitingSamples + block.length > overflowBuffers * this.#bufferSamples)
      throw new StreamError(
        `stream: expected a consumer that keeps up, got ${this.#waitingSamples} samples waiting; await push()`,
      );
    this.#blocks.push(block.slice());
    this.#waitingSamples += block.length;
    this.#wakeReader();
    while (this.#waitingSamples > this.#bufferSamples && !this.#isClosed()) {
      await new Promise<void>((resolve) => {
        this.#wakeWriters.push(resolve);
      });
      throwIfAborted(this.#options.signal);
    }
  }

  /** The sound is over: the events still open end here, and the iteration with them. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wakeReader();
  }

  [Symbol.asyncIterator](): AsyncGenerator<SoundEvent, void, undefined> {
    return this.#events;
  }

  /** Drops what waits and ends the iteration. */
  async dispose(): Promise<void> {
    this.#close();
    await this.#events.return();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async *#report(timeline: AsyncIterable<TimelineEntry>): AsyncGenerator<TimelineEntry, void, undefined> {
    for await (const entry of timeline) {
      this.#options.onEntry?.(entry);
      yield entry;
    }
  }

  async *#readBlocks(): AsyncGenerator<Float32Array, void, undefined> {
    try {
      for (;;) {
        throwIfAborted(this.#options.signal);
        const block = this.#blocks.shift();
        if (block !== undefined) {
          this.#waitingSamples -= block.length;
          this.#releaseWriters();
          yield block;
        } else if (this.#state === "open") {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
        } else return;
      }
    } finally {
      this.#close();
    }
  }

  #close(): void {
    this.#state = "closed";
    this.#blocks.length = 0;
    this.#waitingSamples = 0;
    this.#options.signal?.removeEventListener("abort", this.#wakeAll);
    this.#wakeAll();
  }

  /** A method, because the state changes while a caller waits. */
  #isClosed(): boolean {
    return this.#state === "closed";
  }

  #releaseWriters(): void {
    const writers = this.#wakeWriters;
    this.#wakeWriters = [];
    for (const wake of writers) wake();
  }
}
