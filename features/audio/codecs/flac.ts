import { viewData } from "../containers/audio-track.ts";
import { joinBytes } from "../containers/byte-reader.ts";
import { type SoundDecoder, takeSingly } from "./sound-decoder.ts";

/** The part of @wasm-audio-decoders/flac that is used. */
interface FlacPackage {
  readonly FLACDecoder: new () => {
    readonly ready: Promise<void>;
    decodeFrames(frames: Uint8Array[]): Promise<{
      readonly channelData: readonly Float32Array[];
      readonly samplesDecoded: number;
      readonly sampleRate: number;
      readonly errors: readonly { readonly message: string }[];
    }>;
    free(): void;
  };
}

/** "fLaC", and the head of a STREAMINFO block of 34 bytes that no other follows. */
const streamHead = Uint8Array.of(0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34);

/** libFLAC in WebAssembly, a frame at a time. It divides by 2^(bits - 1) - 1; other formats here by 2^(bits - 1). */
export async function createFlacDecoder(
  { FLACDecoder }: FlacPackage,
  streamInfo: Uint8Array,
): Promise<SoundDecoder> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  // A frame's header may leave rate and depth to STREAMINFO.
  await decoder.decodeFrames([joinBytes([streamHead, streamInfo])]);
  const bitsPerSample = ((viewData(streamInfo).getUint32(10) >>> 4) & 31) + 1;
  const largest = 2 ** (bitsPerSample - 1) - 1;
  let sampleRateHz = 0;
  return {
    ...takeSingly(async (packet) => {
      const { channelData, samplesDecoded, sampleRate, errors } = await decoder.decodeFrames([packet]);
      const [error] = errors;
      if (error !== undefined) throw new Error(error.message);
      sampleRateHz = sampleRate;
      return {
        sampleRateHz,
        channelData: channelData.map((channel) => rescale(channel.subarray(0, samplesDecoded), largest)),
      };
    }),
    flush: () => ({ channelData: [], sampleRateHz }),
    free: () => {
      decoder.free();
    },
  };
}

/** The same integers, divided by `largest` + 1. */
function rescale(channel: Float32Array, largest: number): Float32Array {
  const rescaled = new Float32Array(channel.length);
  for (let index = 0; index < channel.length; index++) {
    rescaled[index] = Math.round((channel[index] ?? 0) * largest) / (largest + 1); // `?? 0`: an inner loop
  }
  return rescaled;
}
