import type { ByteReader } from "./byte-reader.ts";
import type { PcmEncoding } from "../codecs/pcm.ts";

/** How a track's packets become samples, with what the decoder must know before the first. */
export type AudioCodec =
  | { readonly name: "PCM"; readonly encoding: PcmEncoding }
  /** `formatChunk`: the body of the WAV file's `fmt ` chunk */
  | {
      readonly name: "ADPCM";
      readonly kind: "IMA" | "Microsoft";
      readonly channels: number;
      readonly blockBytes: number;
      readonly formatChunk: Uint8Array;
    }
  | { readonly name: "MP3" }
  | { readonly name: "FLAC"; readonly streamInfo: Uint8Array }
  | { readonly name: "Vorbis"; readonly identification: Uint8Array; readonly setup: Uint8Array }
  | { readonly name: "Opus"; readonly head: Uint8Array }
  /** `config`: an AudioSpecificConfig (ISO/IEC 14496-3, 1.6) */
  | { readonly name: "AAC"; readonly config: Uint8Array }
  /** `cookie`: an ALACSpecificConfig */
  | { readonly name: "ALAC"; readonly cookie: Uint8Array };

/** Packets as the container has them together, as those that end in a page; what it counts, it counts at their end. */
export interface AudioPackets {
  /** Each is what a decoder takes in one call: a frame, a packet, or a block of PCM. */
  readonly packets: readonly Uint8Array[];
  /** The container's count of samples. The count may begin anywhere. */
  readonly endCount?: number;
  /** Where the sound ends by that count, known near its end: samples beyond are an encoder's padding. */
  readonly lastCount?: number;
  /** Samples at the end that are an encoder's padding. */
  readonly paddingSamples?: number;
  /** Fewest samples that the decoder must have given by now, where only frames can be counted. */
  readonly minSamples?: number;
}

/** One sound in a file: what its headers promise, checked, and its packets. Most files have one track. */
export interface AudioTrack {
  readonly codec: AudioCodec;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples of one channel, where the headers say so: the track must have so many. */
  readonly samples?: number;
  /** Samples that the encoder put before the sound. */
  readonly skippedSamples?: number;
  /** Samples of one channel at most: those that the decoder gives beyond are an encoder's padding. */
  readonly maxSamples?: number;
  /** MD5 of the samples, interleaved little-endian integers of `bitsPerSample`. */
  readonly md5?: { readonly digest: Uint8Array; readonly bitsPerSample: number };
  /** @throws UserError where the file is damaged or cut off */
  readonly packets: AsyncIterable<AudioPackets>;
}

/** A file that is being read, as containers get it. */
export interface AudioFile {
  /** Stands in messages. */
  readonly name: string;
  readonly reader: ByteReader;
  /** Told of what was skipped, in one line that begins with the name. */
  readonly onNote: (note: string) => void;
}

/** A view on `bytes`; DataView reads throw a RangeError outside them, so lengths are checked before. */
export function viewData(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether the Latin-1 text stands in `bytes` at `offset`. */
export function holdsText(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset < 0 || offset + text.length > bytes.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
