import type { Waveform } from "./waveform.ts";

const headerBytes = 44;

/** Bytes of a sample, and the WAV format's number for it. */
const encodings = {
  pcm16: { bytes: 2, format: 1 },
  float32: { bytes: 4, format: 3 },
} as const;

export interface WavOptions {
  /** More than one where samples are interleaved. Default 1. */
  readonly channels?: number;
  /** `pcm16`, the default, clips samples beyond [-1, 1]; `float32` keeps every sample as it is. */
  readonly encoding?: keyof typeof encodings;
}

/** A WAV file. */
export function encodeWav(
  { samples, sampleRateHz }: Waveform,
  { channels = 1, encoding = "pcm16" }: WavOptions = {},
): Uint8Array<ArrayBuffer> {
  const { bytes: sampleBytes, format } = encodings[encoding];
  const bytes = new Uint8Array(headerBytes + sampleBytes * samples.length);
  const view = new DataView(bytes.buffer);
  writeText(bytes, 0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  writeText(bytes, 8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of this chunk
  view.setUint16(20, format, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleBytes * channels * sampleRateHz, true); // bytes per second
  view.setUint16(32, sampleBytes * channels, true); // bytes per sample of all channels
  view.setUint16(34, 8 * sampleBytes, true);
  writeText(bytes, 36, "data");
  view.setUint32(40, sampleBytes * samples.length, true);
  // An index, and no iterator, which would make an array of every sample: this is a seventh of making the embedded set.
  for (let index = 0; index < samples.length; index++) {
    // An inner loop over samples: `?? 0` is never taken, and `at` would cost time.
    const sample = samples[index] ?? 0;
    const offset = headerBytes + sampleBytes * index;
    if (encoding === "float32") view.setFloat32(offset, sample, true);
    else view.setInt16(offset, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  }
  return bytes;
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index++) bytes[offset + index] = text.charCodeAt(index);
}
