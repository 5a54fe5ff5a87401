import type { AudioCodec } from "./containers/audio-container.ts";
import { keepFlacHeadersWhole } from "./keep-flac-headers-whole.ts";
import type { DecodedAudio, SoundDecoder } from "./sound-decoder.ts";

/** What the decoders' packages share; the MP3 decoder holds nothing back. */
interface PackagedDecoder {
  decode(piece: Uint8Array): DecodedAudio;
  flush?(): DecodedAudio;
  free(): void;
}

/** A new decoder, in WebAssembly but for WAV. Each codec's package is loaded on first use. */
export async function loadDecoder(codec: AudioCodec): Promise<SoundDecoder> {
  const packaged = await createDecoder(codec);
  const decoder: SoundDecoder = {
    decode: (piece) => trim(packaged.decode(piece)),
    flush: () => trim(packaged.flush?.() ?? { channelData: [], sampleRate: 0 }),
    free: () => {
      packaged.free();
    },
  };
  return codec === "flac" ? keepFlacHeadersWhole(decoder) : decoder;
}

/** Each codec's package, loaded once: asking for it again for every file costs as much as decoding a short one. */
const packages = {
  wav: loadOnce(() => import("@audio/decode-wav")),
  mp3: loadOnce(() => import("@audio/decode-mp3")),
  flac: loadOnce(() => import("@audio/decode-flac")),
  vorbis: loadOnce(() => import("@audio/decode-vorbis")),
  opus: loadOnce(() => import("@audio/decode-opus")),
};

async function createDecoder(codec: AudioCodec): Promise<PackagedDecoder> {
  const { decoder } = await packages[codec === "ogg-flac" ? "flac" : codec]();
  return decoder();
}

/** A load that failed, as in a page that lost its network, is tried again. */
function loadOnce<Package>(load: () => Promise<Package>): () => Promise<Package> {
  let loaded: Promise<Package> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

/** Some decoders return buffers longer than what they decoded, and say so beside the channels. */
function trim(audio: DecodedAudio & { readonly samplesDecoded?: number }): DecodedAudio {
  const { channelData, sampleRate, samplesDecoded } = audio;
  const length = Math.min(samplesDecoded ?? Infinity, channelData[0]?.length ?? 0);
  if (length === 0) return { channelData: [], sampleRate };
  return { channelData: channelData.map((channel) => channel.subarray(0, length)), sampleRate };
}
