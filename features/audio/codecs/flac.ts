import type { SoundDecoder } from "./sound-decoder.ts";

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

/** libFLAC in WebAssembly, a frame at a time. It divides by 2^(bits - 1) - 1; other formats here by 2^(bits - 1). */
export async function createFlacDecoder(
  { FLACDecoder }: FlacPackage,
  bitsPerSample: number,
): Promise<SoundDecoder> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  const largest = 2 ** (bitsPerSample - 1) - 1;
  let sampleRateHz = 0;
  return {
    async decode(packet) {
      const { channelData, samplesDecoded, sampleRate, errors } = await decoder.decodeFrames([packet]);
      const [error] = errors;
      if (error !== undefined) throw new Error(error.message);
      sampleRateHz = sampleRate;
      return {
        sampleRateHz,
        channelData: channelData.map((channel) =>
          channel.subarray(0, samplesDecoded).map((sample) => Math.round(sample * largest) / (largest + 1)),
        ),
      };
    },
    flush: () => ({ channelData: [], sampleRateHz }),
    free: () => {
      decoder.free();
    },
  };
}
