import { checkSamples, refuseSilence } from "../../features/audio/check-samples.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { UserError } from "../../common/user-error.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { AudioError } from "../errors.ts";
import { type Platform, type StopSignal, throwIfAborted } from "../platform.ts";
import { type BytesInMemory, isBytesInMemory, nameBytes } from "./read-bytes.ts";

/** The part of a Web Audio `AudioBuffer` that is read. */
export interface AudioBufferLike {
  readonly numberOfChannels: number;
  readonly sampleRate: number;
  getChannelData(channel: number): Float32Array;
}

/** Audio in memory: samples with their rate, a Web Audio buffer, or the bytes of an audio file. */
export type AudioInMemory = Waveform | AudioBufferLike | Float32Array | BytesInMemory;

/** What every call on audio takes. */
export interface AudioOptions {
  /** Rate of a bare Float32Array, which must say it; ignored for other audio. */
  readonly sampleRateHz?: number;
  /** Longest file that is decoded as a whole; `classifyLong` hears longer ones. Default 600. */
  readonly maxSeconds?: number;
  readonly signal?: StopSignal;
}

/**
 * Any audio as mono samples at its own rate.
 * @throws AudioError for what cannot be decoded, holds NaN, or is a silent file; SourceError from the platform
 */
export async function readWaveform<Source extends object | string>(
  audio: AudioInMemory | Source,
  platform: Pick<Platform<Source>, "read">,
  { sampleRateHz = NaN, maxSeconds, signal }: AudioOptions,
): Promise<Waveform> {
  if (audio instanceof Float32Array) return checkWaveform({ samples: audio, sampleRateHz });
  if (isWaveform(audio)) return checkWaveform(audio);
  if (isAudioBuffer(audio)) return checkWaveform(mixDown(audio));
  const { name, bytes } = isBytesInMemory(audio)
    ? nameBytes(audio, "audio")
    : await platform.read(audio, signal);
  throwIfAborted(signal);
  try {
    const waveform = await decodeAudio(bytes, name, maxSeconds === undefined ? {} : { maxSeconds });
    refuseSilence(waveform, name);
    return waveform;
  } catch (error) {
    throw refuse(error);
  }
}

export function isAudioInMemory(audio: object | string): audio is AudioInMemory {
  return audio instanceof Float32Array || isWaveform(audio) || isAudioBuffer(audio) || isBytesInMemory(audio);
}

function checkWaveform(waveform: Waveform): Waveform {
  const { samples, sampleRateHz } = waveform;
  if (!(Number.isInteger(sampleRateHz) && sampleRateHz > 0))
    throw new AudioError(`samples: expected sampleRateHz in whole Hz above 0, got ${sampleRateHz}`);
  if (samples.length === 0) throw new AudioError("samples: expected at least one, got none");
  try {
    checkSamples(waveform, "samples");
  } catch (error) {
    throw refuse(error);
  }
  return waveform;
}

function refuse(error: unknown): unknown {
  return error instanceof UserError ? new AudioError(error.message, { cause: error }) : error;
}

/** The mean of all channels, as `decodeAudio` makes it. */
function mixDown(buffer: AudioBufferLike): Waveform {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, channel) =>
    buffer.getChannelData(channel),
  );
  const samples = Float32Array.from(channels[0] ?? [], (_, index) => {
    let sum = 0;
    for (const channel of channels) sum += channel[index] ?? 0;
    return sum / channels.length;
  });
  return { samples, sampleRateHz: buffer.sampleRate };
}

function isWaveform(audio: object | string): audio is Waveform {
  return typeof audio === "object" && "samples" in audio && "sampleRateHz" in audio;
}

function isAudioBuffer(audio: object | string): audio is AudioBufferLike {
  return typeof audio === "object" && "getChannelData" in audio;
}
