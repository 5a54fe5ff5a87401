import { viewData } from "../containers/audio-track.ts";
import type { SoundDecoder } from "./sound-decoder.ts";

interface OpusSettings {
  readonly sampleRate: 48_000;
  readonly channels: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
  readonly outputGain: number;
}

/** The part of @audio/decode-opus/core that is used. */
interface OpusPackage {
  readonly createOpusDecoder: () => Promise<{
    configure(settings: OpusSettings): void;
    decodeFrames(packets: Uint8Array[]): {
      readonly channelData: readonly Float32Array[];
      readonly errors: readonly { readonly message: string }[];
    };
    free(): void;
  }>;
}

const opusRateHz = 48_000;

/** libopus in WebAssembly. @param head an identification header (RFC 7845, 5.1) */
export async function createOpusDecoder(
  { createOpusDecoder: create }: OpusPackage,
  head: Uint8Array,
): Promise<SoundDecoder> {
  const decoder = await create();
  decoder.configure(readSettings(head));
  return {
    maxPackets: 32, // of at most 120 ms
    decode(packets) {
      const { channelData, errors } = decoder.decodeFrames([...packets]);
      const [error] = errors;
      if (error !== undefined) throw new Error(error.message);
      return { channelData, sampleRateHz: opusRateHz };
    },
    flush: () => ({ channelData: [], sampleRateHz: opusRateHz }),
    free: () => {
      decoder.free();
    },
  };
}

function readSettings(head: Uint8Array): OpusSettings {
  const view = viewData(head);
  const channels = view.getUint8(9);
  const settings = { sampleRate: opusRateHz, channels, outputGain: view.getInt16(16, true) } as const;
  if (view.getUint8(18) === 0) {
    // Mapping family 0: mono or stereo in one stream.
    const coupledStreamCount = channels === 2 ? 1 : 0;
    const channelMappingTable = Array.from({ length: channels }, (_, channel) => channel);
    return { ...settings, streamCount: 1, coupledStreamCount, channelMappingTable };
  }
  return {
    ...settings,
    streamCount: view.getUint8(19),
    coupledStreamCount: view.getUint8(20),
    channelMappingTable: [...head.subarray(21, 21 + channels)],
  };
}
