import { decodeAudio } from "../features/decode.ts";
import type { Waveform } from "../features/waveform.ts";
import { AudioError, describeError } from "./errors.ts";
import type { Platform, StopSignal } from "./platform.ts";
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
  readonly signal?: StopSignal;
}

/**
 * Any audio as mono samples at its own rate.
 * @throws AudioError for what cannot be decoded, or holds NaN; SourceError from the platform
 */
export async function readWaveform<Source extends object | string>(
  audio: AudioInMemory | Source,
  platform: Pick<Platform<Source>, "read">,
  { sampleRateHz, signal }: AudioOptions,
): Promise<Waveform> {
  if (audio instanceof Float32Array)
    return checkWaveform({ samples: audio, sampleRateHz: sampleRateHz ?? NaN });
  if (isWaveform(audio)) return checkWaveform(audio);
  if (isAudioBuffer(audio)) return checkWaveform(mixDown(audio));
  const { name, bytes } = isBytesInMemory(audio)
    ? nameBytes(audio, "audio")
    : await platform.read(audio, signal);
  return decode(bytes, name);
}

async function decode(bytes: Uint8Array, name: string): Promise<Waveform> {
  try {
    return await decodeAudio(bytes, name);
  } catch (error) {
    throw new AudioError(describeError(error), { cause: error });
  }
}

function checkWaveform(waveform: Waveform): Waveform {
  const { samples, sampleRateHz } = waveform;
  if (!(sampleRateHz > 0 && Number.isFinite(sampleRateHz)))
    throw new AudioError(`samples: expected sampleRateHz above 0, got ${sampleRateHz}`);
  if (samples.length === 0) throw new AudioError("samples: expected at least one, got none");
  const invalid = samples.findIndex((sample) => !Number.isFinite(sample));
  if (invalid !== -1)
    throw new AudioError(`samples: expected finite numbers, got ${String(samples[invalid])} at ${invalid}`);
  return waveform;
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
