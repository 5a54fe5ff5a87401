import { joinBytes } from "../containers/byte-reader.ts";
import { writeOggPages } from "../containers/ogg/write-ogg.ts";
import type { SoundDecoder } from "./sound-decoder.ts";

/** The part of @audio/decode-vorbis that is used. */
interface VorbisPackage {
  readonly decoder: () => Promise<{
    decode(bytes: Uint8Array): { readonly channelData: readonly Float32Array[]; readonly sampleRate: number };
    flush(): { readonly channelData: readonly Float32Array[]; readonly sampleRate: number };
    free(): void;
  }>;
}

/** A comment header without comments (Vorbis I, 5.2.1): length 0, count 0, framing bit. */
const emptyComments = Uint8Array.of(
  3,
  ...Array.from("vorbis", (letter) => letter.charCodeAt(0)),
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  1,
);

/**
 * libvorbis in WebAssembly. It takes Ogg only, so packets are given pages; what it would read of comments with a
 * picture, and of positions, is left out: the container has read it.
 */
export async function createVorbisDecoder(
  { decoder }: VorbisPackage,
  { identification, setup }: { readonly identification: Uint8Array; readonly setup: Uint8Array },
): Promise<SoundDecoder> {
  const packaged = await decoder();
  const writer = writeOggPages();
  let sampleRateHz = 0;
  const decode = (bytes: Uint8Array) => {
    const { channelData, sampleRate } = packaged.decode(bytes);
    sampleRateHz = sampleRate;
    return { channelData, sampleRateHz };
  };
  decode(writer.writePage([identification], "first"));
  decode(writer.writePage([emptyComments, setup], "header"));
  return {
    // A page costs as much as its packets. A packet has at most 4,096 samples of each channel.
    maxPackets: 32,
    decode: (packets) => decode(joinBytes([writer.writePage(packets, "sound"), writer.writeEmptyPage()])),
    flush() {
      const { channelData } = packaged.flush();
      return { channelData, sampleRateHz };
    },
    free: () => {
      packaged.free();
    },
  };
}
