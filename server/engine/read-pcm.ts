import type { PcmFormat } from "./engine.ts";

const sampleBytes = { f32le: 4, s16le: 2 } as const;

/**
 * Bytes of interleaved samples, cut anywhere, to mono blocks: the mean of the channels, full scale 1.
 * @returns a function that keeps the bytes of an unfinished sample for its next call
 */
export function createPcmReader({ encoding, channels }: PcmFormat): (bytes: Uint8Array) => Float32Array {
  const frameBytes = sampleBytes[encoding] * channels;
  let rest: Uint8Array = new Uint8Array(0);
  return (bytes) => {
    const joined = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const frames = Math.floor(joined.length / frameBytes);
    const view = new DataView(joined.buffer, joined.byteOffset, joined.byteLength);
    const block = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        const place = frame * frameBytes + channel * sampleBytes[encoding];
        sum += encoding === "f32le" ? view.getFloat32(place, true) : view.getInt16(place, true) / 32_768;
      }
      block[frame] = sum / channels;
    }
    rest = joined.slice(frames * frameBytes);
    return block;
  };
}
