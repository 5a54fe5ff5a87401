import { joinBlocks } from "../../common/join-blocks.ts";
import { givePiece } from "./containers/byte-reader.ts";
import { openAudio, type OpenOptions } from "./open-audio.ts";
import type { Waveform } from "./waveform.ts";

/**
 * Options of `openAudio`; the longest sound is 600 s unless given.
 *
 *     await decodeAudio(bytes, "dog.ogg", { maxSeconds: 60 });
 */
export type DecodeOptions = OpenOptions;

const defaultMaxSeconds = 600;

/**
 * Decodes an audio file as a whole, in Node and browsers alike: `openAudio` says what is read and refused. The name is
 * only for messages. Silence is valid: see `isSilent`. A packet's decoder is WebAssembly that runs to its end: who does
 * not trust the files runs this in a worker with a time limit.
 *
 *     const { samples, sampleRateHz } = await decodeAudio(await readFile("dog.flac"), "dog.flac");
 *
 * @returns mono at the file's own rate, 1 to 768 kHz (Opus: 48 kHz)
 * @throws UserError for what is empty, cut off, damaged, too long, or no such audio
 */
export async function decodeAudio(
  bytes: Uint8Array,
  name: string,
  options: DecodeOptions = {},
): Promise<Waveform> {
  const { sampleRateHz, blocks } = await openAudio(
    { name, pieces: givePiece(bytes) },
    { ...options, maxSeconds: options.maxSeconds ?? defaultMaxSeconds },
  );
  const samples: Float32Array[] = [];
  for await (const block of blocks) samples.push(block);
  return { samples: joinBlocks(samples), sampleRateHz };
}
