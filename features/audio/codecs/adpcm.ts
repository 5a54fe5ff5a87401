import { joinBytes } from "../containers/byte-reader.ts";
import { type AudioCodec, viewData } from "../containers/audio-track.ts";
import { type SoundDecoder, takeSingly } from "./sound-decoder.ts";

/** The part of @audio/decode-wav that is used. */
interface WavPackage {
  readonly decoder: () => {
    decode(bytes: Uint8Array): { readonly channelData: readonly Float32Array[]; readonly sampleRate: number };
    free(): void;
  };
}

type AdpcmCodec = Extract<AudioCodec, { name: "ADPCM" }>;

/** What each block says first for each channel: where in its table of steps (IMA) or predictors (Microsoft) it begins. */
const tables = {
  IMA: {
    name: "step",
    entries: 89,
    bytesApart: 4,
    read: (view: DataView, at: number) => view.getUint16(at + 2, true),
  },
  Microsoft: {
    name: "predictor",
    entries: 7,
    bytesApart: 1,
    read: (view: DataView, at: number) => view.getUint8(at),
  },
};

/**
 * IMA and Microsoft ADPCM, in whole blocks. The package takes any entry of a table; FFmpeg refuses those that are not
 * there, as the rest of the block then is noise.
 */
export function createAdpcmDecoder({ decoder }: WavPackage, codec: AdpcmCodec): SoundDecoder {
  const { kind, channels, blockBytes, formatChunk } = codec;
  const table = tables[kind];
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
  { name, entries, read }: (typeof tables)["IMA"],
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
