import { joinBytes } from "../containers/byte-reader.ts";
import { type SoundDecoder, takeSingly } from "./sound-decoder.ts";

/** The part of @audio/decode-wav that is used. */
interface WavPackage {
  readonly decoder: () => {
    decode(bytes: Uint8Array): { readonly channelData: readonly Float32Array[]; readonly sampleRate: number };
    free(): void;
  };
}

/** IMA and Microsoft ADPCM, in whole blocks. @param formatChunk the body of the WAV file's `fmt ` chunk */
export function createAdpcmDecoder({ decoder }: WavPackage, formatChunk: Uint8Array): SoundDecoder {
  const packaged = decoder();
  let sampleRateHz = packaged.decode(writeHeader(formatChunk)).sampleRate;
  return {
    ...takeSingly((packet) => {
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
