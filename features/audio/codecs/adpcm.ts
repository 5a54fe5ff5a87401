import { joinBytes } from "../containers/byte-reader.ts";
import { viewData } from "../containers/audio-track.ts";
import { type SoundDecoder, takeSingly } from "./sound-decoder.ts";

/** The part of @audio/decode-wav that is used. */
interface WavPackage {
  readonly decoder: () => {
    decode(bytes: Uint8Array): { readonly channelData: readonly Float32Array[]; readonly sampleRate: number };
    free(): void;
  };
}

/** What each block says first for each channel: where in its table of steps (IMA) or predictors (Microsoft) it begins. */
const tables = {
  ima: {
    name: "step",
    entries: 89,
    bytesApart: 4,
    read: (view: DataView, at: number) => view.getUint16(at + 2, true),
  },
  microsoft: {
    name: "predictor",
    entries: 7,
    bytesApart: 1,
    read: (view: DataView, at: number) => view.getUint8(at),
  },
};
const imaTag = 0x11;

/**
 * IMA and Microsoft ADPCM, in whole blocks. The package takes any entry of a table; FFmpeg refuses those that are not
 * there, as the rest of the block then is noise.
 * @param formatChunk the body of the WAV file's `fmt ` chunk
 */
export function createAdpcmDecoder({ decoder }: WavPackage, formatChunk: Uint8Array): SoundDecoder {
  const format = viewData(formatChunk);
  const table = format.getUint16(0, true) === imaTag ? tables.ima : tables.microsoft;
  const channels = format.getUint16(2, true);
  const blockBytes = format.getUint16(12, true);
  const packaged = decoder();
  let sampleRateHz = packaged.decode(writeHeader(formatChunk)).sampleRate;
  return {
    ...takeSingly((packet) => {
      for (let block = 0; block < packet.length; block += blockBytes)
        for (let channel = 0; channel < channels; channel++)
          checkEntry(packet, block + channel * table.bytesApart, table);
      const { channelData, sampleRate } = packaged.decode(packet);
      sampleRateHz = sampleRate;
      return { channelData, sampleRateHz };
    }),
    flush: () => ({ channelData: [], sampleRateHz }),
    free: () => {
      packaged.free();
    },
  };
}

function checkEntry(
  packet: Uint8Array,
  offset: number,
  { name, entries, read }: (typeof tables)["ima"],
): void {
  const entry = read(viewData(packet), offset);
  if (entry >= entries) throw new Error(`a block begins with ${name} ${entry} of a table of ${entries}`);
}

/** A WAV file up to its sound, whose length is not known. */
function writeHeader(formatChunk: Uint8Array): Uint8Array {
  const text = (letters: string): Uint8Array => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const size = new Uint8Array(Uint32Array.of(formatChunk.length).buffer);
  const unknownSize = Uint8Array.of(255, 255, 255, 255);
  return joinBytes([
    text("RIFF"),
    unknownSize,
    text("WAVEfmt "),
    size,
    formatChunk,
    text("data"),
    unknownSize,
  ]);
}
