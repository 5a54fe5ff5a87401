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

async function createDecoder(codec: AudioCodec): Promise<PackagedDecoder> {
  switch (codec) {
    case "wav":
      return (await import("@audio/decode-wav")).decoder();
    case "mp3":
      return (await import("@audio/decode-mp3")).decoder();
    case "flac":
    case "ogg-flac":
      return (await import("@audio/decode-flac")).decoder();
    case "vorbis":
      return (await import("@audio/decode-vorbis")).decoder();
    case "opus":
      return (await import("@audio/decode-opus")).decoder();
  }
}

/** Some decoders return buffers longer than what they decoded, and say so beside the channels. */
function trim(audio: DecodedAudio & { readonly samplesDecoded?: number }): DecodedAudio {
  const { channelData, sampleRate, samplesDecoded } = audio;
  const length = Math.min(samplesDecoded ?? Infinity, channelData[0]?.length ?? 0);
  if (length === 0) return { channelData: [], sampleRate };
  return { channelData: channelData.map((channel) => channel.subarray(0, length)), sampleRate };
}
