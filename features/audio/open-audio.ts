import { loadOnce } from "../../common/load-once.ts";
import { createPause, type StopSignal } from "../../common/stop-signal.ts";
import { UserError } from "../../common/user-error.ts";
import { createResampler } from "../resample/resampler.ts";
import { checkSamples } from "./check-samples.ts";
import type { AudioFile, AudioTrack } from "./containers/audio-track.ts";
import { ByteReader } from "./containers/byte-reader.ts";
import { checkHeader, decodeTrack } from "./decode-track.ts";
import type { Waveform } from "./waveform.ts";

export interface OpenOptions {
  /** Longest sound that is decoded: a small file can claim hours. No limit unless given. */
  readonly maxSeconds?: number;
  readonly signal?: StopSignal;
  /** Told of each thing that was skipped, as players skip it: damage before the first frame, a last frame cut off. */
  readonly onNote?: (note: string) => void;
}

/** A file's content in its order, in pieces of any size. */
export interface AudioPieces {
  /** Stands in messages. */
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** A sound whose mono samples come block by block; its source is closed when the blocks are. */
export interface AudioStream {
  readonly sampleRateHz: number;
  readonly blocks: AsyncGenerator<Float32Array, void, undefined>;
}

/** Apps that never decode load no reader of a format. */
const loadReaders = loadOnce(() => import("./containers/sniff-audio.ts"));

/**
 * The decoder, of which `decodeAudio` drains all: reads WAV (PCM, float, ADPCM; RF64, Wave64), MP3, FLAC,
 * Ogg (Vorbis, Opus, FLAC), WebM and Matroska, MP4 and AAC, AIFF, CAF and Sun audio, finds the format by the content,
 * checks headers, lengths and checksums, mixes up to 256 channels to their mean. Sounds after one another, as in a
 * chained Ogg, follow at the rate of the first. A sound of any length takes the memory of a few blocks.
 * @returns the rate, 1 to 768 kHz, and the blocks. What is damaged further on throws only there
 * @throws UserError for what is empty, cut off, damaged, too long, or no such audio; the signal's reason
 */
export async function openAudio(file: AudioPieces, options: OpenOptions = {}): Promise<AudioStream> {
  const blocks = decodeFile(file, options);
  for (;;) {
    const next = await blocks.next();
    if (next.done === true) {
      throw new UserError(`${file.name}: expected sound, got none: the file holds 0 samples`);
    }
    if (next.value.samples.length === 0) continue;
    return { sampleRateHz: next.value.sampleRateHz, blocks: takeSamples(next.value, blocks) };
  }
}

async function* takeSamples(
  first: Waveform,
  blocks: AsyncGenerator<Waveform, void, undefined>,
): AsyncGenerator<Float32Array, void, undefined> {
  try {
    yield first.samples;
    for await (const { samples } of blocks) if (samples.length > 0) yield samples;
  } finally {
    await blocks.return();
  }
}

async function* decodeFile(
  { name, pieces }: AudioPieces,
  { maxSeconds = Infinity, signal, onNote }: OpenOptions,
): AsyncGenerator<Waveform, void, undefined> {
  const file: AudioFile = { name, reader: new ByteReader(pieces), onNote: (note) => onNote?.(note) };
  const pause = createPause(signal);
  let sampleRateHz: number | undefined;
  let total = 0;
  const check = (block: Waveform): Waveform => {
    checkSamples(block, name, total);
    total += block.samples.length;
    if (total > Math.floor(maxSeconds * block.sampleRateHz)) throw createLengthError(name, maxSeconds);
    return block;
  };
  try {
    const { readTracks } = await loadReaders();
    for await (const track of readTracks(file)) {
      checkHeader(track, name);
      if ((track.samples ?? 0) > maxSeconds * track.sampleRateHz) throw createLengthError(name, maxSeconds);
      sampleRateHz ??= track.sampleRateHz;
      for await (const block of decodeAtRate(track, sampleRateHz, name)) {
        yield check(block);
        await pause();
      }
    }
  } finally {
    await file.reader.close();
  }
}

/** Tracks behind the first are given the first one's rate. */
async function* decodeAtRate(
  track: AudioTrack,
  sampleRateHz: number,
  name: string,
): AsyncGenerator<Waveform, void, undefined> {
  if (track.sampleRateHz === sampleRateHz) {
    yield* decodeTrack(track, name);
    return;
  }
  const resampler = createResampler(track.sampleRateHz, sampleRateHz);
  for await (const { samples } of decodeTrack(track, name)) {
    yield { samples: resampler.push(samples), sampleRateHz };
  }
  yield { samples: resampler.flush(), sampleRateHz };
}

/** The sound lasts longer than `maxSeconds`. */
export class TooLongError extends UserError {}

function createLengthError(name: string, maxSeconds: number): TooLongError {
  return new TooLongError(`${name}: expected at most ${maxSeconds} s of sound, got more`);
}
