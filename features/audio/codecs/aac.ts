import { UserError } from "../../../common/user-error.ts";
import type { AudioCodec } from "../containers/audio-track.ts";
import { joinBlocks } from "../../../common/join-blocks.ts";
import { setUpDecoder } from "./decoder-error.ts";
import { type DecodedAudio, type SoundDecoder, takeSingly } from "./sound-decoder.ts";

type AacCodec = AudioCodec & { name: "AAC" | "ALAC" };

/** The part of @audio/decode-aac that is used. */
interface AacPackage {
  readonly decoder: (options: { readonly asc?: Uint8Array; readonly alac?: Uint8Array }) => Promise<{
    decode(packet: Uint8Array): {
      readonly channelData: readonly Float32Array[];
      readonly sampleRate: number;
    };
    free(): void;
  }>;
}

/** Its licence is GPL-2.0, which not every app can take: it is not among our dependencies, and an app installs it. */
const packageName = "@audio/decode-aac";
/** Samples of the first frame, which FAAD2 keeps to itself. */
const heldSamples = 1024;
/** With spectral band replication frames are twice as long, and the filter banks delay the sound by 962 samples. */
const heldBandSamples = 2 * 1024 - 962;
const ratesHz = [96, 88.2, 64, 48, 44.1, 32, 24, 22.05, 16, 12, 11.025, 8, 7.35].map((kilo) => 1000 * kilo);

/**
 * FAAD2 in WebAssembly, or ALAC, from a package that an app adds.
 * @throws UserError when it is not installed
 */
export async function loadAacDecoder(
  codec: AacCodec,
  trackRateHz: number,
  name: string,
): Promise<SoundDecoder> {
  const { decoder } = await loadPackage(codec, name);
  const packaged = await setUpDecoder(codec.name, name, () =>
    decoder(
      codec.name === "AAC" ? { asc: refuseWidening(codec.config, trackRateHz) } : { alac: codec.cookie },
    ),
  );
  let sampleRateHz = 0;
  let isFirst = codec.name === "AAC";
  return {
    ...takeSingly((packet): DecodedAudio => {
      const { channelData, sampleRate } = packaged.decode(packet);
      sampleRateHz = sampleRate;
      if (!isFirst || channelData.length === 0) return { channelData, sampleRateHz };
      isFirst = false;
      const isWidened = codec.name === "AAC" && sampleRateHz > 1.5 * readCoreRate(codec.config);
      const held = new Float32Array(isWidened ? heldBandSamples : heldSamples);
      return { channelData: channelData.map((channel) => joinBlocks([held, channel])), sampleRateHz };
    }),
    flush: () => ({ channelData: [], sampleRateHz }),
    free: () => {
      packaged.free();
    },
  };
}

/** Says that there is no band replication: sync word 0x2b7, object type 5, 0 (ISO/IEC 14496-3, 1.6.6). */
const plainExtension = [0x56, 0xe5, 0x00];

/** FAAD2 takes low rates for halves of the true one unless a configuration denies it; the container knows. */
function refuseWidening(config: Uint8Array, trackRateHz: number): Uint8Array {
  const isPlain = config.length === 2 && readCoreRate(config) === trackRateHz;
  return isPlain ? Uint8Array.of(...config, ...plainExtension) : config;
}

/** The rate without band replication: 4 bits behind 5 of the object type (ISO/IEC 14496-3, 1.6.2.1). */
function readCoreRate(config: Uint8Array): number {
  const [first = 0, second = 0] = config;
  return ratesHz[((first & 7) << 1) | (second >> 7)] ?? NaN;
}

async function loadPackage(codec: AacCodec, name: string): Promise<AacPackage> {
  // A name that bundlers do not see: they would look for a package that need not be there.
  const specifier: string = packageName;
  const loaded: unknown = await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier).catch(
    (error: unknown) => {
      throw new UserError(
        `${name}: expected a decoder for ${codec.name}, got none: install ${packageName} (its licence is GPL-2.0) ` +
          `in Node, or convert the file to WAV or FLAC`,
        { cause: error },
      );
    },
  );
  if (!isAacPackage(loaded)) throw new TypeError(`${packageName}: expected a decoder, got another package`);
  return loaded;
}

function isAacPackage(value: unknown): value is AacPackage {
  return (
    typeof value === "object" && value !== null && "decoder" in value && typeof value.decoder === "function"
  );
}
