import type { SoundDecoder } from "./sound-decoder.ts";

/** The part of @wasm-audio-decoders/ogg-vorbis that is used: what its own Ogg reader calls for each packet. */
interface VorbisPackage {
  readonly OggVorbisDecoder: new () => {
    readonly ready: Promise<void>;
    readonly _decoder?: VorbisCodec;
    free(): void;
  };
}

interface VorbisCodec {
  _firstPage: boolean;
  readonly _common: {
    readonly wasm: {
      readonly HEAP: ArrayBuffer;
      malloc(bytes: number): number;
      free(address: number): void;
    };
  };
  sendSetupHeader(header: Uint8Array): void;
  initDsp(): void;
  decodePackets(packets: readonly Uint8Array[]): {
    readonly channelData: readonly Float32Array[];
    readonly sampleRate: number;
    readonly errors: readonly { readonly message: string }[];
  };
}

interface Instance {
  readonly codec: VorbisCodec;
  /** Its memory before the first stream. */
  readonly fresh: Uint8Array;
  free(): void;
}

/** Instances between two files. A new one costs as much as a second of sound, and its 16 MB make work for the collector. */
const idle: Instance[] = [];
const maxIdle = 2;
const wasmPageBytes = 65_536;

/**
 * libvorbis in WebAssembly. It is given packets and not Ogg: the container has read and checked the pages, and to parse
 * them a second time costs as much as decoding. The package offers that to its own Ogg reader only, so its version is
 * fixed.
 */
export async function createVorbisDecoder(
  loaded: VorbisPackage,
  { identification, setup }: { readonly identification: Uint8Array; readonly setup: Uint8Array },
): Promise<SoundDecoder> {
  const instance = idle.pop() ?? (await createInstance(loaded));
  const { codec } = instance;
  codec.sendSetupHeader(identification);
  codec.sendSetupHeader(setup);
  codec.initDsp();
  let sampleRateHz = 0;
  return {
    maxPackets: 32, // of at most 4,096 samples of each channel
    decode(packets) {
      const { channelData, sampleRate, errors } = codec.decodePackets(packets);
      const [error] = errors;
      if (error !== undefined) throw new Error(error.message);
      sampleRateHz = sampleRate;
      return { channelData, sampleRateHz };
    },
    flush: () => ({ channelData: [], sampleRateHz }),
    free: () => {
      if (idle.length < maxIdle && restore(instance)) idle.push(instance);
      else instance.free();
    },
  };
}

async function createInstance({ OggVorbisDecoder }: VorbisPackage): Promise<Instance> {
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  const { _decoder: codec } = decoder;
  if (codec === undefined)
    throw new Error("@wasm-audio-decoders/ogg-vorbis: expected version 0.1.20, got another");
  const { wasm } = codec._common;
  const last = wasm.malloc(1); // nothing lies behind it
  wasm.free(last);
  const usedBytes = Math.min(wasm.HEAP.byteLength, wasmPageBytes * (1 + Math.ceil(last / wasmPageBytes)));
  return {
    codec,
    fresh: new Uint8Array(wasm.HEAP, 0, usedBytes).slice(),
    free: () => {
      decoder.free();
    },
  };
}

/** As new, whatever the last stream has left. @returns false when its memory has moved */
function restore({ codec, fresh }: Instance): boolean {
  const { HEAP: heap } = codec._common.wasm;
  if (heap.byteLength < fresh.length) return false;
  new Uint8Array(heap, 0, fresh.length).set(fresh);
  codec._firstPage = true;
  return true;
}
