import { countClipSamples, fitClip } from "../features/fit-clip.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import { resample } from "../features/resample.ts";
import type { Waveform } from "../features/waveform.ts";
import { type AudioInMemory, type AudioOptions, readWaveform } from "./audio-input.ts";
import type { ClipScorer } from "./clip-scorer.ts";
import { ModelError } from "./errors.ts";
import { Lifetime } from "./lifetime.ts";
import type { Backend } from "./open-session.ts";
import { type Platform, throwIfAborted } from "./platform.ts";
import { placeWindows, poolLogits, type Pooling } from "./pool-windows.ts";
import { type Classification, rankLabels } from "./rank-labels.ts";

export interface ClassifyOptions extends AudioOptions {
  /** How the windows of a clip longer than the model's become one answer: the mean of their logits, or the largest. */
  readonly pooling?: Pooling;
}

/** What the model says about itself, with the figures that callers ask for most. */
export interface ClassifierInfo extends ModelMetadata {
  readonly sampleRateHz: number;
  /** Length of what the model hears at once. */
  readonly windowSeconds: number;
  /** Whether the model passed the parity test on every target that it was given. */
  readonly verified: boolean;
}

/** A model that is read, checked and started: what `createClassifier` makes a classifier of. */
export interface LoadedModel {
  readonly info: ClassifierInfo;
  readonly backend: Backend;
  readonly scorer: ClipScorer;
}

/** Windows per run: enough to keep the runtime busy, few enough to keep a batch's intermediate values small. */
const windowsPerRun = 8;

/**
 * A model that names what it hears. Calls may overlap. `dispose()` waits for the calls under way and refuses new
 * ones with a DisposedError; it may be called twice.
 */
export class Classifier<Source extends object | string> implements AsyncDisposable {
  readonly info: ClassifierInfo;
  readonly backend: Backend;
  readonly #scorer: ClipScorer;
  readonly #platform: Platform<Source>;
  readonly #lifetime: Lifetime;

  constructor({ info, backend, scorer }: LoadedModel, platform: Platform<Source>) {
    this.info = info;
    this.backend = backend;
    this.#scorer = scorer;
    this.#platform = platform;
    this.#lifetime = new Lifetime("classifier", () => scorer.dispose());
  }

  /**
   * Every class with its probability, most probable first. A clip shorter than the model's is padded as in training,
   * a longer one is heard window by window.
   * @throws AudioError; SourceError; DisposedError; the signal's reason when it is aborted
   */
  classify(audio: AudioInMemory | Source, options: ClassifyOptions = {}): Promise<Classification> {
    return this.#lifetime.use(async () => {
      throwIfAborted(options.signal);
      const waveform = await readWaveform(audio, this.#platform, options);
      throwIfAborted(options.signal);
      const logits = await this.#scoreWaveform(waveform, options);
      return rankLabels(this.info.labels, logits);
    });
  }

  /** Frees the session once the calls under way have ended. */
  dispose(): Promise<void> {
    return this.#lifetime.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #scoreWaveform(
    waveform: Waveform,
    { pooling = "mean", signal }: ClassifyOptions,
  ): Promise<Float32Array> {
    const { sampleRateHz, labels, features } = this.info;
    const { samples } = await resample(waveform, sampleRateHz);
    const windowSamples = countClipSamples(features);
    const starts = placeWindows(samples.length, windowSamples);
    const logits = new Float32Array(starts.length * labels.length);
    for (let first = 0; first < starts.length; first += windowsPerRun) {
      throwIfAborted(signal);
      const windows = starts
        .slice(first, first + windowsPerRun)
        .map((start) =>
          fitClip(samples.subarray(start, start + windowSamples), windowSamples, features.padding),
        );
      logits.set(await this.#score(windows), first * labels.length);
    }
    return poolLogits(logits, labels.length, pooling);
  }

  async #score(windows: readonly Float32Array[]): Promise<Float32Array> {
    const logits = await this.#platform.enqueue(() => this.#scorer.score(windows));
    const classes = logits.length / windows.length;
    if (classes !== this.info.labels.length)
      throw new ModelError(
        "bad-graph",
        `model: expected ${this.info.labels.length} logits a clip, one for each label, got ${classes}`,
      );
    return logits;
  }
}
