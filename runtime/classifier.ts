// Apps compile these types with an older library too.
/// <reference lib="esnext.disposable" preserve="true" />
import { countClipSamples, findLengthProblem } from "../features/fit-clip.ts";
import { maxWholeSeconds } from "../features/backbone/backbone.ts";
import type { FeatureConfig } from "../features/feature-config.ts";
import type { FeatureExtractor } from "../features/extractor.ts";
import { createLogMelStream, type LogMelStream } from "../features/log-mel-stream.ts";
import { poolings, poolLogits } from "../features/pool-logits.ts";
import {
  type AudioInMemory,
  type AudioOptions,
  checkAudio,
  checkClip,
  nameAudio,
} from "./audio/audio-input.ts";
import { isSilent } from "../features/audio/check-samples.ts";
import { describeValue } from "./audio/describe-value.ts";
import { checkRate } from "./audio/read-waveform.ts";
import {
  type AudioAnswer,
  classifyFiles,
  type ClassifyFilesOptions,
  type ClassifyOptions,
} from "./classify-files.ts";
import type { ClipScorer } from "./clip-scorer.ts";
import { cutWindows } from "./timeline/cut-windows.ts";
import { embedEachWindow, type WindowEmbedding } from "./timeline/place-windows.ts";
import { AudioError, ModelError, OptionError } from "./errors.ts";
import { Lifetime } from "./lifetime.ts";
import type { ClassifierInfo, LoadedModel } from "./loaded-model.ts";
import type { Backend } from "./open-session.ts";
import { type Platform, throwIfAborted } from "./platform.ts";
import { type Classification, rankLabels } from "./rank-labels.ts";
import {
  countWindowHopSamples,
  scoreTimeline,
  type TimelineEntry,
  type TimelineOptions,
} from "./timeline/score-timeline.ts";
import type { SoundReader } from "./audio/sound-reader.ts";
import { SoundStream, type StreamOptions } from "./timeline/sound-stream.ts";
import { type EventOptions, findEvents, type SoundEvent } from "./timeline/track-events.ts";
import { listThresholds } from "./thresholds.ts";
import { createWindowScorers, type WindowScorers } from "./timeline/score-windows.ts";
import type { WindowModel } from "./timeline/window-model.ts";

/** A processor's caches hold one window's intermediate values, and more windows at once are slower; others want many. */
const processors = ["cpu", "wasm"];
const windowsPerBatch = 8;

/**
 * Classifies sound with one model. Calls may overlap. `dispose()` waits for the calls under way and refuses new
 * ones with a DisposedError; it may be called twice. A timeline, events or a stream under way reject at their next
 * window. Every method throws the signal's reason once its signal is aborted.
 *
 *     await using classifier = await createClassifier("model.onnx");
 *     const [best] = await classifier.classify("dog.ogg");
 *     for await (const event of classifier.findEvents("an-hour.flac")) console.log(event.label, event.startSeconds);
 */
export class Classifier<Source extends object | string> implements AsyncDisposable {
  readonly info: ClassifierInfo;
  readonly backend: Backend;
  readonly #scorer: ClipScorer;
  readonly #reader: SoundReader<Source>;
  readonly #platform: Pick<Platform<Source>, "enqueue">;
  readonly #lifetime: Lifetime;
  readonly #model: WindowModel;
  /** Where windows may begin and end: at whole frames, which a backbone's windows do not share. */
  readonly #grid: FeatureConfig;
  /** A sound of about this length is not cut. */
  readonly #wholeSamples: number;
  readonly #windowsPerRun: number;
  readonly #openExtractor: () => Promise<FeatureExtractor>;
  readonly #openTrunk: () => Promise<ClipScorer | undefined>;
  readonly #windows: WindowScorers;
  #extractor: Promise<FeatureExtractor> | undefined;
  #trunk: Promise<ClipScorer | undefined> | undefined;

  constructor(
    { info, backend, scorer, openParts, openTrunk, reader, openExtractor }: LoadedModel<Source>,
    platform: Pick<Platform<Source>, "enqueue">,
  ) {
    this.info = info;
    this.backend = backend;
    this.#scorer = scorer;
    this.#reader = reader;
    this.#platform = platform;
    this.#windowsPerRun = processors.includes(backend.name) ? 1 : windowsPerBatch;
    this.#openExtractor = openExtractor;
    this.#openTrunk = openTrunk;
    this.#grid =
      info.backbone === undefined ? info.features : { ...info.features, fftSamples: 1, hopSamples: 1 };
    // A backbone cuts its windows inside the graph, and the head was trained on what they give together.
    this.#wholeSamples =
      info.backbone === undefined ? countClipSamples(info.features) : maxWholeSeconds * info.sampleRateHz;
    this.#lifetime = new Lifetime("classifier", () => this.#release());
    this.#windows = createWindowScorers({ features: info.features, scorer, openParts });
    this.#model = {
      labels: info.labels,
      labelling: info.labelling,
      temperature: info.temperature,
      thresholds: info.thresholds,
      background: info.background,
      features: this.#grid,
      openWindows: () => {
        const score = this.#windows.open();
        return (windows) =>
          this.#lifetime.use(async () => {
            const answers = await this.#platform.enqueue(() => score(windows));
            for (const { logits } of answers) this.#checkClasses(logits.length);
            return answers;
          });
      },
    };
  }

  /**
   * Every class with its probability, most probable first, and `best`, the one that is named: the first, where its
   * probability reaches its threshold and the sound is not digital silence. A model whose sounds may have several
   * classes (`info.labelling`) names all that reach their thresholds, in `named`; `best` is the first of these.
   *
   * Sound of up to 1.1 clip lengths, digital silence at its ends not counted, enters the model as it is; longer sound
   * is cut into windows, whose logits are pooled.
   * @throws AudioError, SourceError, OptionError, DisposedError
   */
  classify(audio: AudioInMemory | Source, options: ClassifyOptions = {}): Promise<Classification> {
    const { isBusy } = this.#lifetime;
    return this.#lifetime.use(async () => {
      checkAudio(audio, options);
      throwIfAborted(options.signal);
      checkPooling(options.pooling);
      const thresholds = listThresholds(this.info, options.thresholds, "clip");
      checkClip(audio, options);
      const samples = await this.#reader.readClip(audio, this.info.sampleRateHz, options, isBusy);
      throwIfAborted(options.signal);
      const logits = await this.#scoreClip(samples, nameAudio(audio), options);
      return rankLabels(this.info, logits, isSilent(samples) ? unreachable(thresholds) : thresholds);
    });
  }

  /**
   * The sound's embedding: what the model's last layer takes. Sounds that are alike have embeddings that are near each
   * other, whether the model knows them or not, so a few clips of new classes are enough to train a new last layer
   * (`heads/`). Of sound that is cut into windows, the mean over them.
   *
   *     const embedding = await classifier.embed("door.wav"); // 512 numbers, of the included model
   *
   * @throws AudioError, SourceError, DisposedError; ModelError `bad-graph` when the last layer is not linear
   */
  embed(audio: AudioInMemory | Source, options: AudioOptions = {}): Promise<Float32Array> {
    return this.#embedParts(audio, options, async (samples, embedPart) => {
      const windows = cutWindows(samples, nameAudio(audio), this.#grid, this.#wholeSamples);
      const rows: number[] = [];
      for (const window of windows) rows.push(...(await embedPart(window)));
      return poolLogits(Float32Array.from(rows), rows.length / windows.length, "mean");
    });
  }

  /**
   * One embedding for each window of a sound (`info.windowSeconds`; with a backbone, the backbone's), half a window apart
   * or less, the last one ending with the sound: to find a part of a recording that is like another.
   *
   *     for (const { startSeconds, embedding } of await classifier.embedWindows("street.wav"))
   *
   * @throws as `embed`
   */
  embedWindows(
    audio: AudioInMemory | Source,
    options: AudioOptions = {},
  ): Promise<readonly WindowEmbedding[]> {
    return this.#embedParts(audio, options, async (samples, embedPart) => {
      const { sampleRateHz, features } = this.info;
      const problem = findLengthProblem(samples.length, this.#grid);
      if (problem !== undefined) throw new AudioError(`${nameAudio(audio)}: ${problem}`);
      const window = { windowSamples: countClipSamples(features), sampleRateHz };
      return await embedEachWindow(samples, window, embedPart);
    });
  }

  /**
   * The answers for many, in their order. One that cannot be read has an `error` in its place; the others go on.
   * @throws DisposedError
   */
  async classifyBatch<Audio extends AudioInMemory | Source>(
    audios: Iterable<Audio> | AsyncIterable<Audio>,
    options: ClassifyFilesOptions = {},
  ): Promise<readonly AudioAnswer<Audio>[]> {
    const answers: AudioAnswer<Audio>[] = [];
    for await (const answer of classifyFiles<Audio>(this, audios, options)) answers.push(answer);
    return answers;
  }

  /**
   * The answers hop by hop for a recording of any length; files are read as the timeline is, so memory stays flat.
   * @throws AudioError, SourceError, OptionError, DisposedError while iterating
   */
  async *classifyLong(
    audio: AudioInMemory | Source,
    options: TimelineOptions & AudioOptions = {},
  ): AsyncGenerator<TimelineEntry, void, undefined> {
    this.#lifetime.check();
    checkAudio(audio, options);
    const sound = await this.#reader.openRecording(audio, this.info.sampleRateHz, options);
    const named = { ...sound, name: nameAudio(audio) };
    yield* scoreTimeline(named, this.#model, this.#fillTimelineOptions(options), this.#windowsPerRun);
  }

  /** The events in a recording of any length, in the order of their ends. @throws as `classifyLong` */
  findEvents(
    audio: AudioInMemory | Source,
    options: TimelineOptions & AudioOptions & EventOptions = {},
  ): AsyncGenerator<SoundEvent, void, undefined> {
    countWindowHopSamples(this.#model, this.#fillTimelineOptions(options).hopSeconds); // a bad hop is refused at once
    return findEvents(this.classifyLong(audio, options), this.#model, options);
  }

  /** Classifies a live sound: push blocks, iterate events. @throws OptionError, DisposedError */
  stream(options: StreamOptions = {}): SoundStream {
    this.#lifetime.check();
    return new SoundStream(this.#model, options);
  }

  /**
   * The log-mel frames of a sound, as it arrives: for a picture of it.
   * @param options.sampleRateHz rate of the blocks that are pushed, the model's unless given
   * @throws DisposedError
   */
  openLogMel({ sampleRateHz }: { readonly sampleRateHz?: number } = {}): Promise<LogMelStream> {
    return this.#lifetime.use(async () => {
      if (sampleRateHz !== undefined) checkRate(sampleRateHz);
      this.#extractor ??= this.#openExtractor();
      const extractor = await this.#extractor;
      const extract = (samples: Float32Array) =>
        this.#lifetime.use(() => this.#platform.enqueue(() => extractor.extract(samples)));
      return createLogMelStream(this.info.features, { ...extractor, extract }, sampleRateHz);
    });
  }

  /** Frees the session once the calls under way have ended. */
  dispose(): Promise<void> {
    return this.#lifetime.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #release(): Promise<void> {
    await Promise.all([
      this.#scorer.dispose(),
      this.#reader.dispose(),
      this.#extractor?.then((extractor) => extractor.dispose()),
      this.#trunk?.then((trunk) => trunk?.dispose()),
      this.#windows.dispose(),
    ]);
  }

  /** Reads a sound, and embeds what `cut` takes of it. */
  #embedParts<Embedded>(
    audio: AudioInMemory | Source,
    options: AudioOptions,
    cut: (
      samples: Float32Array,
      embedPart: (part: Float32Array) => Promise<Float32Array>,
    ) => Promise<Embedded>,
  ): Promise<Embedded> {
    const { isBusy } = this.#lifetime;
    return this.#lifetime.use(async () => {
      checkAudio(audio, options);
      throwIfAborted(options.signal);
      checkClip(audio, options);
      const samples = await this.#reader.readClip(audio, this.info.sampleRateHz, options, isBusy);
      this.#trunk ??= this.#openTrunk();
      const trunk = await this.#trunk;
      if (trunk === undefined)
        throw new ModelError("bad-graph", "model: expected a last layer that is linear, got another one");
      return await cut(samples, (part) => {
        throwIfAborted(options.signal);
        return this.#platform.enqueue(() => trunk.score([part]));
      });
    });
  }

  #fillTimelineOptions<Options extends TimelineOptions>(options: Options): Options & { hopSeconds: number } {
    return { ...options, hopSeconds: options.hopSeconds ?? this.info.windowSeconds / 2 };
  }

  async #scoreClip(
    samples: Float32Array,
    name: string,
    { pooling = "mean", signal }: ClassifyOptions,
  ): Promise<Float32Array> {
    const { labels } = this.info;
    const windows = cutWindows(samples, name, this.#grid, this.#wholeSamples);
    const logits = new Float32Array(windows.length * labels.length);
    for (let first = 0; first < windows.length; first += this.#windowsPerRun) {
      throwIfAborted(signal);
      const run = windows.slice(first, first + this.#windowsPerRun);
      logits.set(await this.#score(() => this.#scorer.score(run), run.length), first * labels.length);
    }
    return poolLogits(logits, labels.length, pooling);
  }

  async #score(run: () => Promise<Float32Array>, windows: number): Promise<Float32Array> {
    const logits = await this.#platform.enqueue(run);
    this.#checkClasses(logits.length / windows);
    return logits;
  }

  /** @throws ModelError */
  #checkClasses(classes: number): void {
    if (classes !== this.info.labels.length)
      throw new ModelError(
        "bad-graph",
        `model: expected ${this.info.labels.length} logits a clip, one for each label, got ${classes}`,
      );
  }
}

/** Callers in plain JavaScript have no types. @throws OptionError */
function checkPooling(pooling: unknown): void {
  if (pooling !== undefined && !poolings.some((known) => known === pooling))
    throw new OptionError(`pooling: expected ${poolings.join(" or ")}, got ${describeValue(pooling)}`);
}

/** Digital silence has none of the classes, whatever the network makes of it. */
const unreachable = (thresholds: readonly number[]): number[] => thresholds.map(() => Infinity);
