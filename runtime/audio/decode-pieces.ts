import { type AudioCodec, holdsText } from "../../features/audio/containers/audio-container.ts";
import { isFlac } from "../../features/audio/containers/flac.ts";
import { isMp3 } from "../../features/audio/containers/mp3.ts";
import { isOgg } from "../../features/audio/containers/ogg.ts";
import { isWav } from "../../features/audio/containers/wav.ts";
import { loadDecoder } from "../../features/audio/load-decoder.ts";
import { AudioError, describeError } from "../errors.ts";
import type { ByteStream } from "../platform.ts";
import { readWavHead } from "./read-wav-head.ts";
import { splitPieces } from "./split-pieces.ts";

/** A sound whose mono samples come block by block. */
export interface BlockStream {
  readonly sampleRateHz: number;
  readonly blocks: AsyncIterable<Float32Array>;
}

interface Decoded {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

/** Enough for any container's first headers, a WAV file's chunks before its sound included. */
const headBytes = 2 ** 16;
/** Decoders get no more at a time: 16 KiB of Opus or FLAC can stand for many seconds. */
const mostBytes = 2 ** 14;

/**
 * Decodes a recording of any length in the memory of a few blocks, in the formats of `decodeAudio`. What is damaged
 * further on is found only there, after the sound before it was given.
 * @throws AudioError for what is no audio or empty; while iterating, for what is damaged or, in a WAV file, cut off
 */
export async function decodePieces({ name, pieces }: ByteStream): Promise<BlockStream> {
  const decoded = decode(splitPieces(pieces, headBytes, mostBytes), name);
  const first = await decoded.next();
  if (first.done === true) throw new AudioError(`${name}: expected sound, got none`);
  const { sampleRateHz } = first.value;
  return { sampleRateHz, blocks: takeBlocks(first.value, decoded, name) };
}

async function* takeBlocks(
  first: Decoded,
  rest: AsyncIterable<Decoded>,
  name: string,
): AsyncGenerator<Float32Array, void, undefined> {
  yield first.samples;
  for await (const { samples, sampleRateHz } of rest) {
    if (sampleRateHz !== first.sampleRateHz)
      throw new AudioError(`${name}: expected ${first.sampleRateHz} Hz throughout, got ${sampleRateHz} Hz`);
    yield samples;
  }
}

async function* decode(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  name: string,
): AsyncGenerator<Decoded, void, undefined> {
  const first = await pieces.next();
  if (first.done === true) throw new AudioError(`${name}: expected audio, got an empty file`);
  const codec = findCodec(first.value);
  if (codec === undefined)
    throw new AudioError(`${name}: expected WAV, MP3, FLAC, Ogg or Opus audio, got other data`);
  const decoder = await loadDecoder(codec);
  try {
    for await (const piece of codec === "wav"
      ? followWav(first.value, pieces, name)
      : followAll(first.value, pieces))
      yield* takeMono(decoder.decode(piece), name);
    yield* takeMono(decoder.flush(), name);
  } catch (error) {
    throw error instanceof AudioError
      ? error
      : new AudioError(describeProblem(error, codec, name), { cause: error });
  } finally {
    decoder.free();
  }
}

async function* followAll(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* rest;
}

/** The sound's bytes alone, after a clean header. @throws AudioError when fewer come than the file promises */
async function* followWav(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void> {
  const { header, dataStart, dataBytes } = readWavHead(head, name);
  yield header;
  let missing = dataBytes;
  for await (const piece of followAll(head.subarray(dataStart), rest)) {
    const part = piece.subarray(0, Math.min(piece.length, missing));
    missing -= part.length;
    yield part;
    if (missing === 0) return;
  }
  if (Number.isFinite(missing))
    throw new AudioError(
      `${name}: expected ${dataBytes} bytes of sound, got ${dataBytes - missing}: the file is cut off`,
    );
}

function findCodec(head: Uint8Array): AudioCodec | undefined {
  if (isWav(head)) return "wav";
  if (isFlac(head)) return "flac";
  if (isOgg(head)) {
    const packet = 27 + (head[26] ?? 0);
    if (holdsText(head, packet, "OpusHead")) return "opus";
    if (holdsText(head, packet, "\x01vorbis")) return "vorbis";
    return holdsText(head, packet, "\x7fFLAC") ? "ogg-flac" : undefined;
  }
  return isMp3(head) || holdsText(head, 0, "ID3") ? "mp3" : undefined;
}

/** The mean of all channels, as `decodeAudio` makes it; nothing while the decoder still collects. */
function* takeMono(
  { channelData, sampleRate }: { channelData: readonly Float32Array[]; sampleRate: number },
  name: string,
): Generator<Decoded, void, undefined> {
  const [first] = channelData;
  if (first === undefined || first.length === 0) return;
  const samples = channelData.length === 1 ? first : mixDown(channelData, first.length);
  if (!samples.every((sample) => Number.isFinite(sample)))
    throw new AudioError(`${name}: expected finite samples, got NaN or infinity`);
  yield { samples, sampleRateHz: sampleRate };
}

function mixDown(channels: readonly Float32Array[], length: number): Float32Array {
  const mono = new Float32Array(length);
  for (const channel of channels) {
    for (let index = 0; index < length; index++) mono[index] = (mono[index] ?? 0) + (channel[index] ?? 0);
  }
  for (let index = 0; index < length; index++) mono[index] = (mono[index] ?? 0) / channels.length;
  return mono;
}

function describeProblem(error: unknown, codec: AudioCodec, name: string): string {
  const text = describeError(error);
  return text.startsWith(name)
    ? text
    : `${name}: expected ${codec} audio, got an error of its decoder: ${text}`;
}
