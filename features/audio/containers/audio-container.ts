export type AudioCodec = "wav" | "mp3" | "flac" | "vorbis" | "opus" | "ogg-flac";

/** What a file's container promises, read and checked before any decoder runs. */
export interface AudioContainer {
  readonly codec: AudioCodec;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples of one channel, where the container says so. */
  readonly samples?: number;
  /** Fewest samples a sound decoder may return, where frames can be counted but their padding is unknown. */
  readonly leastSamples?: number;
  /** MD5 of the decoded samples, interleaved little-endian integers of `bitsPerSample`. */
  readonly md5?: { readonly digest: Uint8Array; readonly bitsPerSample: number };
  /** The bytes for the decoder. */
  readonly payload: Uint8Array;
  /** Where in the payload another stream of the same kind begins, which needs a decoder of its own (chained Ogg). */
  readonly furtherStreams?: readonly number[];
}

/** A view on `bytes`; DataView reads throw a RangeError outside them, so lengths are checked before. */
export function viewData(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether the Latin-1 text stands in `bytes` at `offset`. */
export function holdsText(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset + text.length > bytes.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
