/** Sound of the microphone that is kept for replay. */
export const keptSeconds = 5 * 60;

/** The newest sound of the microphone, at the device's rate, 16 bits a sample. */
export interface Recording {
  readonly blocks: readonly Int16Array<ArrayBuffer>[];
  readonly sampleRateHz: number;
}

const headerBytes = 44;

/**
 * A sound as the page keeps it: a WAV file of 16-bit mono samples, which the browser holds outside of the page's
 * memory.
 */
export interface WavSound {
  readonly wav: Blob;
  readonly sampleRateHz: number;
}

/** A WAV file of 16-bit blocks. */
export function makeWavBlob({ blocks, sampleRateHz }: Recording): Blob {
  const dataBytes = blocks.reduce((sum, block) => sum + block.byteLength, 0);
  return new Blob([makeHeader(dataBytes, sampleRateHz), ...blocks], { type: "audio/wav" });
}

/** A part of a sound, from one second to another. Nothing is read or copied. */
export function cutWav({ wav, sampleRateHz }: WavSound, from: number, to: number): Blob {
  const toByte = (seconds: number) =>
    Math.min(headerBytes + 2 * Math.round(seconds * sampleRateHz), wav.size);
  const part = wav.slice(toByte(from), toByte(to));
  return new Blob([makeHeader(part.size, sampleRateHz), part], { type: "audio/wav" });
}

/** Seconds of a sound. */
export function measureWavSeconds({ wav, sampleRateHz }: WavSound): number {
  return (wav.size - headerBytes) / 2 / sampleRateHz;
}

/** The sound in a WAV file that `makeWavBlob` or `encodeWav` wrote. */
export async function readWavSound(wav: Blob): Promise<WavSound> {
  const header = new DataView(await wav.slice(0, headerBytes).arrayBuffer());
  return { wav, sampleRateHz: header.getUint32(24, true) };
}

function makeHeader(dataBytes: number, sampleRateHz: number): ArrayBuffer {
  const header = new DataView(new ArrayBuffer(headerBytes));
  const text = (offset: number, value: string): void => {
    for (let index = 0; index < value.length; index++)
      header.setUint8(offset + index, value.charCodeAt(index));
  };
  text(0, "RIFF");
  header.setUint32(4, headerBytes - 8 + dataBytes, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true); // bytes of this chunk
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, sampleRateHz, true);
  header.setUint32(28, 2 * sampleRateHz, true); // bytes a second
  header.setUint16(32, 2, true); // bytes a sample
  header.setUint16(34, 16, true); // bits a sample
  text(36, "data");
  header.setUint32(40, dataBytes, true);
  return header.buffer;
}

/** Seconds of a recording. */
export function measureSeconds({ blocks, sampleRateHz }: Recording): number {
  return blocks.reduce((sum, { length }) => sum + length, 0) / sampleRateHz;
}

/** A part of it, from one second to another. */
export function cutRecording({ blocks, sampleRateHz }: Recording, from: number, to: number): Recording {
  const first = Math.round(from * sampleRateHz);
  const last = Math.round(to * sampleRateHz);
  const parts: Int16Array<ArrayBuffer>[] = [];
  let start = 0;
  for (const block of blocks) {
    const part = block.subarray(Math.max(0, first - start), Math.max(0, last - start));
    if (part.length > 0) parts.push(part);
    start += block.length;
  }
  return { blocks: parts, sampleRateHz };
}
