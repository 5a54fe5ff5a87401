import { viewData } from "../../features/audio/containers/audio-container.ts";
import { readWav } from "../../features/audio/containers/wav.ts";
import { AudioError } from "../errors.ts";

export interface WavHead {
  /** A WAV file without sound, for the decoder: the sound's bytes may follow without end. */
  readonly header: Uint8Array;
  readonly dataStart: number;
  /** What the file promises; Infinity where its writer could not know. */
  readonly dataBytes: number;
}

const unknownSize = 0xffff_ffff;

/**
 * Finds where a WAV file's sound begins. @param head the file's first bytes
 * @throws AudioError when it does not begin there, UserError for a format that is not decoded
 */
export function readWavHead(head: Uint8Array, name: string): WavHead {
  const view = viewData(head);
  let offset = 12;
  while (offset + 8 <= head.length) {
    const id = String.fromCharCode(...head.subarray(offset, offset + 4));
    const size = view.getUint32(offset + 4, true);
    if (id === "data") {
      const dataStart = offset + 8;
      const silent = head.slice(0, dataStart);
      viewData(silent).setUint32(offset + 4, 0, true);
      const { payload } = readWav(silent, name);
      return { header: payload, dataStart, dataBytes: size === unknownSize ? Infinity : size };
    }
    offset += 8 + size + (size % 2); // chunks start at even offsets
  }
  throw new AudioError(`${name}: expected a WAV file whose sound begins in its first ${head.length} bytes`);
}
