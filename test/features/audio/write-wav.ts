interface WavOptions {
  readonly sampleRateHz?: number;
  readonly channels?: number;
  readonly encoding?: "pcm16" | "pcm8" | "pcm24" | "pcm32" | "float32" | "float64";
}

const encodings = {
  pcm8: { tag: 1, bytes: 1 },
  pcm16: { tag: 1, bytes: 2 },
  pcm24: { tag: 1, bytes: 3 },
  pcm32: { tag: 1, bytes: 4 },
  float32: { tag: 3, bytes: 4 },
  float64: { tag: 3, bytes: 8 },
};

/** A WAV file written from the specification (RIFF MCI, 1991); samples are interleaved, full scale [-1, 1). */
export function writeWav(samples: ArrayLike<number>, options: WavOptions = {}): Uint8Array {
  const { sampleRateHz = 44_100, channels = 1, encoding = "pcm16" } = options;
  const { tag, bytes } = encodings[encoding];
  const buffer = Buffer.alloc(44 + samples.length * bytes);
  buffer.write("RIFF", 0, "latin1");
  buffer.writeUInt32LE(buffer.length - 8, 4);
  buffer.write("WAVEfmt ", 8, "latin1");
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(tag, 20);
  buffer.writeUInt16LE(channels, 22);
  buffer.writeUInt32LE(sampleRateHz, 24);
  buffer.writeUInt32LE((sampleRateHz * channels * bytes) >>> 0, 28);
  buffer.writeUInt16LE(channels * bytes, 32);
  buffer.writeUInt16LE(8 * bytes, 34);
  buffer.write("data", 36, "latin1");
  buffer.writeUInt32LE(samples.length * bytes, 40);
  for (let index = 0; index < samples.length; index++) {
    writeSample(buffer, 44 + index * bytes, samples[index] ?? 0, encoding);
  }
  return new Uint8Array(buffer);
}

function writeSample(buffer: Buffer, offset: number, sample: number, encoding: keyof typeof encodings): void {
  const { bytes } = encodings[encoding];
  if (encoding === "float32") buffer.writeFloatLE(sample, offset);
  else if (encoding === "float64") buffer.writeDoubleLE(sample, offset);
  else if (encoding === "pcm8") buffer.writeUInt8(Math.round(sample * 127) + 128, offset);
  else buffer.writeIntLE(Math.round(sample * (2 ** (8 * bytes - 1) - 1)), offset, bytes);
}
