import {
  type AudioOptions,
  type Classifier,
  createClassifier,
  ModelError,
  type NodeClassifierOptions,
  type NodeSource,
  OptionError,
  type SoundEvent,
  type TimelineEntry,
} from "../../runtime/node.ts";
import type {
  ChannelOutput,
  ChannelWork,
  ClipAnswer,
  ClipWork,
  ModelVersion,
  SoundChannel,
  SoundOptions,
  TimelineRow,
} from "./engine.ts";
import { openPipe, type Pipe } from "./open-pipe.ts";
import { createPcmReader } from "./read-pcm.ts";
import { refuseWork } from "./refuse-work.ts";

/** A model of one version, with the number of calls that use it. */
interface HostedModel {
  readonly classifier: Classifier<NodeSource>;
  users: number;
  isLeaving: boolean;
}

/** Parts of an upload that wait for the decoder, and outputs that wait for the client. */
const maxWaitingParts = 4;
const maxWaitingOutputs = 256;

/** The models of one process, several versions of each at a time during a reload, and the work on them. */
export class ModelHost {
  readonly #options: NodeClassifierOptions;
  readonly #models = new Map<string, HostedModel>();

  constructor(options: NodeClassifierOptions) {
    this.#options = options;
  }

  /** @returns the execution provider that answers @throws ModelError, BackendError */
  async load(id: ModelVersion, bytes: Uint8Array): Promise<string> {
    const classifier = await createClassifier({ name: id.model, bytes }, this.#options);
    this.#models.set(nameVersion(id), { classifier, users: 0, isLeaving: false });
    return classifier.backend.name;
  }

  /** Frees a version once the work on it has ended. */
  async unload(id: ModelVersion): Promise<void> {
    const hosted = this.#models.get(nameVersion(id));
    if (hosted === undefined) return;
    hosted.isLeaving = true;
    await this.#freeUnused(id, hosted);
  }

  /** @throws RequestError, or the signal's reason */
  classify(id: ModelVersion, { bytes, options }: ClipWork, signal: AbortSignal): Promise<ClipAnswer> {
    return this.#use(id, async (classifier) => {
      const sound = { name: "sound", bytes };
      const { maxSeconds } = options;
      const settings = { ...readSettings(options), maxSeconds, signal };
      const labels = await classifier.classify(sound, settings);
      const best = labels.best?.label ?? null;
      const named = labels.named.map(({ label }) => label);
      const timeline: TimelineRow[] = [];
      if (options.timeline)
        for await (const entry of classifier.classifyLong(sound, settings)) timeline.push(makeRow(entry));
      const events: SoundEvent[] = [];
      if (options.events)
        for await (const event of classifier.findEvents(sound, settings)) events.push(event);
      const embedding = options.embedding && [...(await embed(classifier, sound, { maxSeconds, signal }))];
      return {
        ...id,
        best,
        named,
        labels,
        ...(options.timeline && { timeline }),
        ...(options.events && { events }),
        ...(embedding && { embedding }),
      };
    });
  }

  /** Starts to read a sound that arrives in parts. */
  openChannel(id: ModelVersion, work: ChannelWork, signal: AbortSignal): SoundChannel {
    const parts = openPipe<Uint8Array<ArrayBuffer>>(maxWaitingParts);
    const outputs = openPipe<ChannelOutput>(maxWaitingOutputs);
    const left = new AbortController();
    const stop = AbortSignal.any([signal, left.signal]);
    stop.addEventListener("abort", () => {
      parts.fail(stop.reason); // else the decoder would wait for a part that never arrives
    });
    this.#use(id, (classifier) => readChannel(classifier, work, parts.readable, outputs, stop))
      .then(outputs.end, outputs.fail)
      .finally(() => {
        parts.fail(new Error("the sound is no longer read"));
      });
    return {
      ...id,
      push: (bytes) => parts.push(new Uint8Array(bytes)),
      end: parts.end,
      async *[Symbol.asyncIterator]() {
        try {
          yield* outputs.readable;
        } finally {
          left.abort(new Error("the channel was left"));
        }
      },
    };
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#models.values()].map(({ classifier }) => classifier.dispose()));
  }

  async #use<Answer>(
    id: ModelVersion,
    work: (model: Classifier<NodeSource>) => Promise<Answer>,
  ): Promise<Answer> {
    const hosted = this.#models.get(nameVersion(id));
    if (hosted === undefined) throw new Error(`${nameVersion(id)}: expected a loaded model, found none`);
    hosted.users += 1;
    try {
      return await work(hosted.classifier);
    } catch (error) {
      throw refuseWork(error);
    } finally {
      hosted.users -= 1;
      await this.#freeUnused(id, hosted);
    }
  }

  async #freeUnused(id: ModelVersion, { classifier, users, isLeaving }: HostedModel): Promise<void> {
    if (!isLeaving || users > 0) return;
    this.#models.delete(nameVersion(id));
    await classifier.dispose();
  }
}

/** @throws as `Classifier.embed`; OptionError where the model has no embedding */
async function embed(
  classifier: Classifier<NodeSource>,
  sound: { readonly name: string; readonly bytes: Uint8Array },
  options: AudioOptions,
): Promise<Float32Array> {
  try {
    return await classifier.embed(sound, options);
  } catch (error) {
    throw error instanceof ModelError ? new OptionError(`embedding: ${error.message}`) : error;
  }
}

/** Decodes, scores and reports a sound part by part, in the memory of a few windows. */
async function readChannel(
  classifier: Classifier<NodeSource>,
  { source, options }: ChannelWork,
  parts: ReadableStream<Uint8Array<ArrayBuffer>>,
  outputs: Pipe<ChannelOutput>,
  signal: AbortSignal,
): Promise<void> {
  const settings = { ...readSettings(options), signal };
  if (source === "file") {
    for await (const event of classifier.findEvents(new Response(parts), settings))
      await outputs.push({ kind: "event", event });
    return;
  }
  const readBlock = createPcmReader(source);
  const stream = classifier.stream({
    ...settings,
    sampleRateHz: source.sampleRateHz,
    ...(options.timeline && {
      onEntry: (entry: TimelineEntry) => void outputs.push({ kind: "window", window: makeRow(entry) }),
    }),
  });
  const feeding = (async () => {
    try {
      for await (const part of parts) await stream.push(readBlock(part));
      stream.end();
    } catch (error) {
      await stream.dispose();
      throw error;
    }
  })();
  feeding.catch(ignore); // awaited below, after the events
  for await (const event of stream) await outputs.push({ kind: "event", event });
  await feeding;
}

function readSettings({ threshold, hopSeconds }: SoundOptions) {
  return {
    ...(threshold !== undefined && { thresholds: threshold }),
    ...(hopSeconds !== undefined && { hopSeconds }),
  };
}

function makeRow(entry: TimelineEntry): TimelineRow {
  const { startSeconds, endSeconds, label, confidence, named, rejected } = entry;
  return { startSeconds, endSeconds, label, confidence, named, rejected };
}

function nameVersion({ model, version }: ModelVersion): string {
  return `${model}@${version}`;
}

function ignore(): void {
  // Deliberately empty.
}
