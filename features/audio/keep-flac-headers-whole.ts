import { joinBlocks } from "../../common/join-blocks.ts";
import type { DecodedAudio, SoundDecoder } from "./sound-decoder.ts";

/** A frame's header at its longest (RFC 9639, 9.1). */
const headerBytes = 16;

/**
 * Cuts what a FLAC decoder is given before, not inside, whatever may be a frame's header: @audio/decode-flac 1.3.5
 * loses the frame whose header two pieces share. The end is held back until the next piece.
 */
export function keepFlacHeadersWhole(decoder: SoundDecoder): SoundDecoder {
  let held: Uint8Array = new Uint8Array(0);
  return {
    decode: (piece) => {
      const bytes = joinBytes(held, piece);
      const end = findCut(bytes);
      held = bytes.slice(end); // a copy: the caller may use the memory again
      return decoder.decode(bytes.subarray(0, end));
    },
    flush: () => joinAudio(decoder.decode(held), decoder.flush()),
    free: () => {
      decoder.free();
    },
  };
}

/** Where the first frame header starts that may reach beyond the end; else the end. */
function findCut(bytes: Uint8Array): number {
  for (let index = Math.max(0, bytes.length - headerBytes); index < bytes.length; index++) {
    const next = bytes[index + 1];
    if (bytes[index] === 0xff && (next === undefined || (next & 0xfe) === 0xf8)) return index;
  }
  return bytes.length;
}

function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function joinAudio(first: DecodedAudio, second: DecodedAudio): DecodedAudio {
  if (second.channelData.length === 0) return first;
  if (first.channelData.length === 0) return second;
  return {
    sampleRate: second.sampleRate,
    channelData: second.channelData.map((channel, index) =>
      joinBlocks([first.channelData[index] ?? new Float32Array(0), channel]),
    ),
  };
}
