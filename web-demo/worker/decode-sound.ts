import { joinBlocks } from "../../common/join-blocks.ts";
import { createPause } from "../../common/stop-signal.ts";
import { UserError } from "../../common/user-error.ts";
import { ByteReader } from "../../features/audio/containers/byte-reader.ts";
import { mixToMono } from "../../features/audio/mix-to-mono.ts";
import { openAudio, TooLongError } from "../../features/audio/open-audio.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { createResampler } from "../../features/resample/resampler.ts";
import { AudioError } from "../../runtime/web.ts";
import { PageError } from "./messages.ts";
import type { SoundSource } from "./protocol.ts";

/** Sound that the page takes at once: its samples stay in memory, for the player. */
const maxSoundSeconds = 30 * 60;

/** Codecs of phones and cameras for which the package has no free decoder: every browser has one. */
const browserCodecs: readonly string[] = ["AAC", "ALAC"];

interface DecodeOptions {
  readonly name: string;
  /** Of the samples that come back; the sound's own unless given. */
  readonly sampleRateHz?: number;
  readonly signal: AbortSignal;
}

/**
 * Any sound as mono samples, at the model's rate or its own. The resampler is that of training, whoever decoded the file.
 * @throws AudioError for what cannot be decoded; PageError `too-long`; PageError `needs-browser`, with the rate in its
 *   detail, for what only the browser decodes
 */
export async function decodeSound(
  source: SoundSource,
  { name, sampleRateHz, signal }: DecodeOptions,
): Promise<Waveform> {
  try {
    const opened =
      source.kind === "file" ? await openFile(source.blob, name, signal) : openDecoded(source, name, signal);
    return await takeSamples(opened, sampleRateHz);
  } catch (error) {
    if (error instanceof TooLongError) throw new PageError("too-long", error.message);
    if (!(error instanceof UserError) || error.name !== "UserError") throw error;
    const track = source.kind === "file" ? await findForeignTrack(source.blob, name) : undefined;
    if (track !== undefined) throw new PageError("needs-browser", error.message, track);
    throw new AudioError(error.message, { cause: error });
  }
}

interface OpenedSound {
  readonly sampleRateHz: number;
  readonly blocks: AsyncIterable<Float32Array>;
}

function openFile(blob: Blob, name: string, signal: AbortSignal): Promise<OpenedSound> {
  return openAudio({ name, pieces: readPieces(blob) }, { signal, maxSeconds: maxSoundSeconds });
}

/** A stream of the browser, in pieces. Not every browser can iterate over streams. */
async function* readPieces(blob: Blob): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = blob.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function openDecoded(
  { blocks, sampleRateHz }: Extract<SoundSource, { kind: "decoded" }>,
  name: string,
  signal: AbortSignal,
): OpenedSound {
  const frames = blocks.reduce((sum, [channel]) => sum + (channel?.length ?? 0), 0);
  if (frames > maxSoundSeconds * sampleRateHz)
    throw new TooLongError(`${name}: expected at most ${maxSoundSeconds} s of sound, got more`);
  const pause = createPause(signal);
  return {
    sampleRateHz,
    blocks: (async function* () {
      for (const channels of blocks) {
        yield mixToMono(channels);
        await pause();
      }
    })(),
  };
}

async function takeSamples(
  { blocks, sampleRateHz: sourceRateHz }: OpenedSound,
  sampleRateHz: number = sourceRateHz,
): Promise<Waveform> {
  const resampler = sourceRateHz === sampleRateHz ? undefined : createResampler(sourceRateHz, sampleRateHz);
  const samples: Float32Array[] = [];
  for await (const block of blocks) {
    samples.push(resampler?.push(block) ?? block);
  }
  if (resampler !== undefined) samples.push(resampler.flush());
  return { samples: joinBlocks(samples), sampleRateHz };
}

/** The rate of a track that the browser may decode; undefined where there is none. */
async function findForeignTrack(blob: Blob, name: string): Promise<{ sampleRateHz: number } | undefined> {
  const reader = new ByteReader(readPieces(blob));
  try {
    const { readTracks } = await import("../../features/audio/containers/sniff-audio.ts");
    for await (const { codec, sampleRateHz } of readTracks({ name, reader, onNote: () => undefined }))
      return browserCodecs.includes(codec.name) ? { sampleRateHz } : undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error; // the first error says more
  } finally {
    await reader.close();
  }
  return undefined;
}
