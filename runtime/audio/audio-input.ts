import { at } from "../../common/at.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import { createPause } from "../../common/stop-signal.ts";
import { UserError } from "../../common/user-error.ts";
import { checkSamples, refuseSilence } from "../../features/audio/check-samples.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { isRate, rateLimitsHz } from "../../features/audio/decode-track.ts";
import { mixToMono } from "../../features/audio/mix-to-mono.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { AudioError, OptionError } from "../errors.ts";
import { type NamedBytes, type Platform, type StopSignal, throwIfAborted } from "../platform.ts";
import { describeValue, findTag, shortenName } from "./describe-value.ts";
import { type BytesInMemory, isBytesInMemory, nameBytes } from "./read-bytes.ts";

/**
 * The part of a Web Audio `AudioBuffer` that is read.
 *
 *     const buffer: AudioBufferLike = { numberOfChannels: 1, sampleRate: 16_000, getChannelData: () => samples };
 */
export interface AudioBufferLike {
  readonly numberOfChannels: number;
  readonly sampleRate: number;
  getChannelData(channel: number): Float32Array;
}

/** Mono samples: floats of full scale [-1, 1], or 16-bit integers. */
type Samples = Float32Array | Float64Array | Int16Array | readonly number[];

interface RatedSamples {
  readonly samples: Samples;
  readonly sampleRateHz: number;
}

/**
 * Audio in memory: samples, with their rate or beside `sampleRateHz`; a Web Audio buffer; the bytes of an audio file.
 *
 *     const audio: AudioInMemory = { samples, sampleRateHz: 16_000 };
 */
export type AudioInMemory = RatedSamples | Samples | AudioBufferLike | BytesInMemory;

const int16FullScale = 32_768;
/** Samples that are checked and mixed at once. */
const blockSamples = 2 ** 18;

/**
 * What every call on audio takes.
 *
 *     await classifier.classify(samples, { sampleRateHz: 16_000, signal: AbortSignal.timeout(5_000) });
 */
export interface AudioOptions {
  /** Rate of bare samples, which must say it; ignored for other audio. */
  readonly sampleRateHz?: number;
  /** Longest file that is decoded as a whole; `classifyLong` reads longer ones. Default 600. */
  readonly maxSeconds?: number;
  readonly signal?: StopSignal;
  /**
   * Called with each thing in a file that was skipped, as players skip it: damage before the first frame, a last frame
   * that is cut off. One line that begins with the file's name.
   */
  readonly onNote?: (note: string) => void;
}

/** Audio in memory, told apart by its shape. */
type MemoryContent =
  | { readonly kind: "file"; readonly file: NamedBytes }
  | { readonly kind: "samples"; readonly channels: readonly Float32Array[]; readonly sampleRateHz: number };

/**
 * Any audio as mono samples at its own rate.
 * @throws AudioError for what cannot be decoded, holds NaN, or is a silent file; SourceError from the platform
 */
export async function readAudio<Source extends object | string>(
  audio: AudioInMemory | Source,
  platform: Pick<Platform<Source>, "read">,
  { sampleRateHz = NaN, ...options }: AudioOptions,
): Promise<Waveform> {
  const { signal } = options;
  throwIfAborted(signal);
  const content: MemoryContent = isAudioInMemory(audio)
    ? takeContent(audio, sampleRateHz)
    : { kind: "file", file: await platform.read(audio, signal) };
  throwIfAborted(signal);
  return throwAudioErrors(async () => {
    if (content.kind === "samples") return mixSamples(content, signal);
    const { name, bytes } = content.file;
    const waveform = await decodeAudio(bytes, name, options);
    refuseSilence(waveform, name);
    return waveform;
  });
}

const audioForms =
  "samples with sampleRateHz, an AudioBuffer, the bytes of a file, a path, an address, a Response or a Blob";

/**
 * Checks what callers in plain JavaScript give, before any work on it: a value that is no audio and no place of any.
 * @throws AudioError that says what it is instead
 */
export function checkAudio(audio: unknown, options: unknown): asserts options is AudioOptions {
  if (typeof options !== "object" || options === null)
    throw new OptionError(`options: expected an object, got ${describeValue(options)}`);
  if (isSamples(audio) && !("sampleRateHz" in options && options.sampleRateHz !== undefined))
    throw new AudioError("samples: expected { sampleRateHz } beside bare samples, got no rate");
  if (audio !== "" && (typeof audio === "string" || isAudioInMemory(audio))) return;
  const isPlace = typeof audio === "object" && audio !== null && findTag(audio) !== "Object";
  if (isPlace && !Array.isArray(audio)) return; // the platform knows which it can read
  throw new AudioError(`audio: expected ${audioForms}, got ${describeAudio(audio)}`);
}

/** What is missing, where a value is nearly audio. */
function describeAudio(value: unknown): string {
  if (Array.isArray(value)) return "an array that holds other things than numbers";
  if (typeof value !== "object" || value === null || !("samples" in value)) return describeValue(value);
  if (!isSamples(value.samples)) return `samples that are ${describeValue(value.samples)}`;
  if (!("sampleRateHz" in value)) return "samples without sampleRateHz";
  return `samples whose sampleRateHz is ${describeValue(value.sampleRateHz)}`;
}

/**
 * Samples of a clip may not be endless: longer sound in memory goes to `classifyLong`, as longer files do.
 * @throws AudioError for samples that last more than `maxSeconds`
 */
export function checkClip(audio: unknown, { sampleRateHz = NaN, maxSeconds = 600 }: AudioOptions): void {
  const rated = isSamples(audio) ? { samples: audio, sampleRateHz } : audio;
  if (!isRated(rated) || !isRate(rated.sampleRateHz)) return;
  const seconds = rated.samples.length / rated.sampleRateHz;
  if (seconds > maxSeconds)
    throw new AudioError(
      `samples: expected at most ${maxSeconds} s (maxSeconds), got ${Math.round(seconds)} s; classifyLong reads longer sound`,
    );
}

/** Whether a value holds audio itself, rather than where to find it. Values of another realm count too. */
export function isAudioInMemory(audio: unknown): audio is AudioInMemory {
  return isSamples(audio) || isRated(audio) || isAudioBuffer(audio) || isBytesInMemory(audio);
}

/** What messages call a sound by: the path or address, a file's name, else "sound". */
export function nameAudio(audio: object | string): string {
  if (typeof audio === "string") return shortenName(audio);
  if (isBytesInMemory(audio)) return nameBytes(audio, "sound").name;
  if ("href" in audio) return shortenName(String(audio.href));
  return "name" in audio && typeof audio.name === "string" ? shortenName(audio.name) : "sound";
}

/** Runs what decodes; its errors become the runtime's. */
export async function throwAudioErrors<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    const isDecoders = error instanceof UserError && error.name === "UserError"; // others are the runtime's already
    throw isDecoders ? new AudioError(error.message, { cause: error }) : error;
  }
}

function takeContent(audio: AudioInMemory, sampleRateHz: number): MemoryContent {
  if (isBytesInMemory(audio)) return { kind: "file", file: nameBytes(audio, "audio") };
  if (isSamples(audio)) return { kind: "samples", channels: [toFloats(audio)], sampleRateHz };
  if (isAudioBuffer(audio)) {
    const channels = Array.from({ length: audio.numberOfChannels }, (_, channel) =>
      toFloats(audio.getChannelData(channel)),
    );
    return { kind: "samples", channels, sampleRateHz: audio.sampleRate };
  }
  const { samples, sampleRateHz: ownRateHz } = audio;
  return { kind: "samples", channels: [toFloats(samples)], sampleRateHz: ownRateHz };
}

async function mixSamples(
  { channels, sampleRateHz }: MemoryContent & { kind: "samples" },
  signal: StopSignal | undefined,
): Promise<Waveform> {
  if (!isRate(sampleRateHz)) {
    const { min, max } = rateLimitsHz;
    throw new AudioError(
      `samples: expected sampleRateHz in whole Hz from ${min} to ${max}, got ${
        typeof sampleRateHz === "number" ? sampleRateHz : describeValue(sampleRateHz)
      }`,
    );
  }
  const length = channels[0]?.length ?? 0;
  if (length === 0) throw new AudioError("samples: expected at least one, got none");
  const pause = createPause(signal);
  const mono: Float32Array[] = [];
  for (let start = 0; start < length; start += blockSamples) {
    const block = mixToMono(channels.map((channel) => channel.subarray(start, start + blockSamples)));
    checkSamples({ samples: block, sampleRateHz }, "samples", start);
    if (channels.length > 1) mono.push(block);
    await pause();
  }
  const samples = channels.length === 1 ? at(channels, 0) : joinBlocks(mono);
  return { samples, sampleRateHz };
}

/** Samples of any realm and type as this realm's floats; a Float32Array is not copied. @throws AudioError */
function toFloats(samples: Samples): Float32Array {
  if (!isSamples(samples)) throw new AudioError(`samples: expected numbers, got ${describeValue(samples)}`);
  if (samples instanceof Float32Array) return samples;
  const tag = findTag(samples);
  if (ArrayBuffer.isView(samples) && tag === "Float32Array") {
    return new Float32Array(samples.buffer, samples.byteOffset, samples.length);
  }
  return tag === "Int16Array"
    ? Float32Array.from(samples, (sample) => sample / int16FullScale)
    : Float32Array.from(samples);
}

function isSamples(value: unknown): value is Samples {
  const tag = findTag(value) ?? "";
  if (["Float32Array", "Float64Array", "Int16Array"].includes(tag)) return true;
  return Array.isArray(value) && value.every((sample) => typeof sample === "number");
}

function isRated(value: unknown): value is RatedSamples {
  return (
    typeof value === "object" &&
    value !== null &&
    "sampleRateHz" in value &&
    typeof value.sampleRateHz === "number" &&
    "samples" in value &&
    isSamples(value.samples)
  );
}

function isAudioBuffer(value: unknown): value is AudioBufferLike {
  return typeof value === "object" && value !== null && "getChannelData" in value;
}
