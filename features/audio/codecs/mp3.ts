import { type SoundDecoder, takeSingly } from "./sound-decoder.ts";

/** The part of @audio/decode-mp3 that is used. */
interface Mp3Package {
  readonly decoder: () => Promise<{
    decode(bytes: Uint8Array): {
      readonly channelData: readonly Float32Array[];
      readonly sampleRate: number;
      readonly samplesDecoded?: number;
    };
    free(): void;
  }>;
}

/** mpg123 in WebAssembly. It holds nothing back. */
export async function createMp3Decoder({ decoder }: Mp3Package): Promise<SoundDecoder> {
  const packaged = await decoder();
  return {
    ...takeSingly((packet) => {
      const { channelData, sampleRate, samplesDecoded } = packaged.decode(packet);
      const samples = samplesDecoded ?? channelData[0]?.length; // buffers may be longer than what was decoded
      return {
        channelData: channelData.map((channel) => channel.subarray(0, samples)),
        sampleRateHz: sampleRate,
      };
    }),
    flush: () => ({ channelData: [], sampleRateHz: 0 }),
    free: () => {
      packaged.free();
    },
  };
}
