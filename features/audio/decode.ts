import { checkSamples } from "./check-samples.ts";
import type { AudioContainer } from "./containers/audio-container.ts";
import { readContainer } from "./containers/read-container.ts";
import { decodeBlocks } from "./decode-blocks.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import { createSampleMd5 } from "./sample-md5.ts";
import { UserError } from "../../common/user-error.ts";
import type { Waveform } from "./waveform.ts";

export interface DecodeOptions {
  /** Longest sound that is decoded: a small file can claim hours. Default 600. */
  readonly maxSeconds?: number;
}

const defaultMaxSeconds = 600;
/** 1 kHz is below any recorder, 768 kHz the fastest one that is sold. */
const rateLimitsHz = { least: 1000, most: 768_000 };
const mostChannels = 256;
/**
 * Decodes a WAV (PCM of 8 to 32 bits, float, A-law, mu-law), MP3, FLAC, Ogg Vorbis, Ogg FLAC or Opus file, in Node
 * and browsers alike, and mixes up to 256 channels to their mean. The format is found by the content; the name is
 * only for messages. Silence is valid: see `isSilent`. A decoder is WebAssembly that runs to its end: who does not
 * trust the files runs this in a worker with a time limit.
 * @returns mono at the file's own rate, 1 to 768 kHz (Opus: 48 kHz)
 * @throws UserError for what is empty, cut off, damaged, too long, or no such audio
 */
export async function decodeAudio(
  bytes: Uint8Array,
  name: string,
  { maxSeconds = defaultMaxSeconds }: DecodeOptions = {},
): Promise<Waveform> {
  const container = readContainer(bytes, name);
  checkHeader(container, name);
  const maxSamples = Math.floor(maxSeconds * container.sampleRateHz);
  if ((container.samples ?? 0) > maxSamples) throw createLengthError(name, maxSeconds);
  const samples = await decodePayload(container, name, maxSamples, maxSeconds);
  const waveform = { samples, sampleRateHz: container.sampleRateHz };
  checkSamples(waveform, name);
  return waveform;
}

function checkHeader({ sampleRateHz, channels }: AudioContainer, name: string): void {
  const { least, most } = rateLimitsHz;
  if (sampleRateHz < least || sampleRateHz > most) {
    throw new UserError(`${name}: expected a rate of ${least} to ${most} Hz, got ${sampleRateHz} Hz`);
  }
  if (channels < 1 || channels > mostChannels) {
    throw new UserError(`${name}: expected 1 to ${mostChannels} channels, got ${channels}`);
  }
}

async function decodePayload(
  container: AudioContainer,
  name: string,
  maxSamples: number,
  maxSeconds: number,
): Promise<Float32Array> {
  const md5 = container.md5 && createSampleMd5(container.md5);
  const blocks: Float32Array[] = [];
  let total = 0;
  try {
    for await (const channels of decodeBlocks(container, name)) {
      md5?.update(channels);
      const mono = mixToMono(channels);
      total += mono.length;
      if (total > maxSamples) throw createLengthError(name, maxSeconds);
      blocks.push(mono);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${name}: expected ${container.codec} audio, got an error of its decoder: ${String(error)}`,
    );
  }
  checkLength(container, total, name);
  md5?.check(name);
  return joinBlocks(blocks);
}

function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0)] = channels;
  if (channels.length < 2) return first;
  return first.map((_, index) => {
    let sum = 0;
    for (const channel of channels) sum += channel[index] ?? 0;
    return sum / channels.length;
  });
}

function checkLength(container: AudioContainer, samples: number, name: string): void {
  if (container.samples !== undefined && container.samples !== samples) {
    throw new UserError(
      `${name}: expected ${container.samples} samples, got ${samples}: the file is cut off or damaged`,
    );
  }
  if (samples === 0) throw new UserError(`${name}: expected sound, got none: the file holds 0 samples`);
  if (samples < (container.leastSamples ?? 0)) {
    throw new UserError(
      `${name}: expected at least ${container.leastSamples} samples, got ${samples}: the file is damaged`,
    );
  }
}

function createLengthError(name: string, maxSeconds: number): UserError {
  return new UserError(`${name}: expected at most ${maxSeconds} s of sound, got more`);
}
