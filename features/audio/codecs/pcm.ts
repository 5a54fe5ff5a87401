import { type SoundDecoder, takeSingly } from "./sound-decoder.ts";

type PcmSample = "u8" | "s8" | "s16" | "s24" | "s32" | "f32" | "f64" | "a-law" | "mu-law";

/** How samples lie in memory, the channels' next to each other. */
export interface PcmEncoding {
  readonly sample: PcmSample;
  readonly isLittleEndian: boolean;
  readonly channels: number;
  readonly sampleRateHz: number;
}

export const pcmBytes: Readonly<Record<PcmSample, number>> = {
  u8: 1,
  s8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  "a-law": 1,
  "mu-law": 1,
};

/** Integers are divided by 2^(bits - 1), as FFmpeg and libsndfile do, so that 24 bits and less are exact. */
const readers: Readonly<
  Record<PcmSample, (view: DataView, offset: number, isLittleEndian: boolean) => number>
> = {
  u8: (view, offset) => (view.getUint8(offset) - 128) / 128,
  s8: (view, offset) => view.getInt8(offset) / 128,
  s16: (view, offset, isLittleEndian) => view.getInt16(offset, isLittleEndian) / 2 ** 15,
  s24: (view, offset, isLittleEndian) =>
    isLittleEndian
      ? (view.getInt8(offset + 2) * 2 ** 16 + view.getUint16(offset, true)) / 2 ** 23
      : (view.getInt8(offset) * 2 ** 16 + view.getUint16(offset + 1, false)) / 2 ** 23,
  s32: (view, offset, isLittleEndian) => view.getInt32(offset, isLittleEndian) / 2 ** 31,
  f32: (view, offset, isLittleEndian) => view.getFloat32(offset, isLittleEndian),
  f64: (view, offset, isLittleEndian) => view.getFloat64(offset, isLittleEndian),
  "a-law": (view, offset) => expandALaw(view.getUint8(offset)) / 2 ** 15,
  "mu-law": (view, offset) => expandMuLaw(view.getUint8(offset)) / 2 ** 15,
};

/** Packets may be cut anywhere: what is less than a sample of every channel waits for the next. */
export function createPcmDecoder({
  sample,
  isLittleEndian,
  channels,
  sampleRateHz,
}: PcmEncoding): SoundDecoder {
  const read = readers[sample];
  const sampleBytes = pcmBytes[sample];
  const frameBytes = sampleBytes * channels;
  let held = new Uint8Array(0);
  return {
    ...takeSingly((packet) => {
      const bytes = new Uint8Array(held.length + packet.length);
      bytes.set(held);
      bytes.set(packet, held.length);
      const frames = Math.floor(bytes.length / frameBytes);
      held = bytes.slice(frames * frameBytes);
      const view = new DataView(bytes.buffer);
      const channelData = Array.from({ length: channels }, (_, channel) => {
        const samples = new Float32Array(frames);
        let offset = channel * sampleBytes;
        for (let frame = 0; frame < frames; frame++, offset += frameBytes) {
          samples[frame] = read(view, offset, isLittleEndian);
        }
        return samples;
      });
      return { channelData, sampleRateHz };
    }),
    flush: () => ({ channelData: [], sampleRateHz }),
    free: () => {
      held = new Uint8Array(0);
    },
  };
}

/** ITU-T G.711: 13 bits from a sign, an exponent and four bits, every other bit inverted; scaled to 16 bits. */
function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}

/** ITU-T G.711: 14 bits, biased by 33, all bits inverted; scaled to 16 bits. */
function expandMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}
