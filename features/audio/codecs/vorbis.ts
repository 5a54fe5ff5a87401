import { at } from "../../../common/at.ts";
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
  /** Address of libvorbis' state. */
  readonly _decoder: number;
  readonly _common: {
    readonly wasm: {
      readonly HEAP: ArrayBuffer;
      malloc(bytes: number): number;
      free(address: number): void;
      decode_packets(decoder: number): void;
    };
    codeToString(address: number): string;
  };
  /**
   * A packet, and what has become of it: views on the instance's memory, each of one number but the first and
   * `_errors`.
   */
  readonly _input: View<Uint8Array>;
  readonly _inputLen: View<Uint32Array>;
  /** Address of the list of the channels' addresses. */
  readonly _outputBufferPtr: View<Uint32Array>;
  readonly _sampleRate: View<Uint32Array>;
  readonly _samplesDecoded: View<Uint32Array>;
  /** Address of an error's name and of that of the function that met it, after one another. */
  readonly _errors: View<Uint32Array>;
  readonly _errorsLength: View<Int32Array>;
  sendSetupHeader(header: Uint8Array): void;
  initDsp(): void;
}

interface View<Values> {
  readonly buf: Values;
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
/** Packets that are decoded at a time: a sixtieth of a second to three seconds. */
const maxPackets = 32;

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
  const room = Array.from({ length: at(identification, 11) }, () => makeRoom(identification));
  return {
    maxPackets,
    decode: (packets) => ({
      channelData: decodePackets(codec, packets, room),
      sampleRateHz: at(codec._sampleRate.buf, 0),
    }),
    flush: () => ({ channelData: [], sampleRateHz: at(codec._sampleRate.buf, 0) }),
    free: () => {
      if (idle.length < maxIdle && restore(instance)) idle.push(instance);
      else instance.free();
    },
  };
}

/** For one channel of `maxPackets`, each of half a long block at most (Vorbis I, 4.2.2). */
function makeRoom(identification: Uint8Array): Float32Array {
  return new Float32Array((maxPackets * 2 ** (at(identification, 28) >> 4)) / 2);
}

/**
 * The package's own loop makes arrays for each packet and channel, which costs a third of decoding; this one gathers
 * them in `room`, an array for each channel. @throws Error with libvorbis' name of what is wrong
 */
function decodePackets(
  codec: VorbisCodec,
  packets: readonly Uint8Array[],
  room: readonly Float32Array[],
): Float32Array[] {
  const { wasm } = codec._common;
  const floats = new Float32Array(wasm.HEAP);
  const addresses = new Uint32Array(wasm.HEAP);
  let samples = 0;
  for (const packet of packets) {
    codec._input.buf.set(packet);
    codec._inputLen.buf[0] = packet.length;
    wasm.decode_packets(codec._decoder);
    const decoded = at(codec._samplesDecoded.buf, 0);
    const list = at(codec._outputBufferPtr.buf, 0) / 4;
    for (let channel = 0; channel < room.length; channel++) {
      const start = at(addresses, list + channel) / 4;
      at(room, channel).set(floats.subarray(start, start + decoded), samples);
    }
    samples += decoded;
    throwError(codec);
  }
  return room.map((channel) => channel.slice(0, samples));
}

function throwError({ _errors, _errorsLength, _common }: VorbisCodec): void {
  if (at(_errorsLength.buf, 0) === 0) return;
  _errorsLength.buf[0] = 0;
  const [what, where] = [at(_errors.buf, 0), at(_errors.buf, 1)].map((address) =>
    _common.codeToString(address),
  );
  throw new Error(`${what} vorbis_synthesis${where}`);
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
