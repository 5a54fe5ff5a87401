import { UserError } from "../../../common/user-error.ts";
import { type AudioContainer, holdsText, viewData } from "./audio-container.ts";

/** `wFormatTag` values (Microsoft, mmreg.h). */
const formatTags = {
  pcm: 1,
  microsoftAdpcm: 2,
  float: 3,
  aLaw: 6,
  muLaw: 7,
  imaAdpcm: 0x11,
  extensible: 0xfffe,
};
/** Data size that streaming writers leave because they cannot know it. */
const unknownSize = 0xffff_ffff;

interface WavFormat {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly blockBytes: number;
  readonly bitsPerSample: number;
}

export function isWav(bytes: Uint8Array): boolean {
  return holdsText(bytes, 0, "RIFF") && holdsText(bytes, 8, "WAVE");
}

/**
 * Walks the RIFF chunks (Multimedia Programming Interface 1.0, 1991). The payload is a new file of the `fmt ` and
 * `data` chunks alone, because the decoder knows neither the padding byte of odd chunks nor wrong block sizes.
 * @throws UserError for a cut, empty or contradictory file
 */
export function readWav(bytes: Uint8Array, name: string): AudioContainer {
  let format: WavFormat | undefined;
  let formatChunk: Uint8Array | undefined;
  for (const chunk of walkChunks(bytes)) {
    if (chunk.id === "fmt ") {
      format = readFormat(chunk.body, name);
      formatChunk = chunk.body;
    }
    if (chunk.id !== "data") continue;
    if (format === undefined || formatChunk === undefined) break;
    const missingBytes = chunk.size === unknownSize ? 0 : chunk.size - chunk.body.length;
    if (missingBytes > 0) {
      throw new UserError(
        `${name}: expected ${chunk.size} bytes of sound, got ${chunk.body.length}: the file is cut off`,
      );
    }
    return describeWav(format, formatChunk, chunk.body);
  }
  throw new UserError(
    `${name}: expected a WAV file with a format and a data chunk, got no ${format ? "data" : "format"} chunk`,
  );
}

function* walkChunks(bytes: Uint8Array): Generator<{ id: string; size: number; body: Uint8Array }> {
  const view = viewData(bytes);
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const id = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    const size = view.getUint32(offset + 4, true);
    yield { id, size, body: bytes.subarray(offset + 8, offset + 8 + size) };
    offset += 8 + size + (size % 2); // chunks start at even offsets
  }
}

function readFormat(body: Uint8Array, name: string): WavFormat {
  if (body.length < 16) {
    throw new UserError(`${name}: expected a format chunk of at least 16 bytes, got ${body.length}`);
  }
  const view = viewData(body);
  const writtenTag = view.getUint16(0, true);
  const format = {
    tag: writtenTag === formatTags.extensible && body.length >= 40 ? view.getUint16(24, true) : writtenTag,
    channels: view.getUint16(2, true),
    sampleRateHz: view.getUint32(4, true),
    blockBytes: view.getUint16(12, true),
    bitsPerSample: view.getUint16(14, true),
  };
  checkFormat(format, name);
  return format;
}

function checkFormat({ tag, channels, blockBytes, bitsPerSample }: WavFormat, name: string): void {
  const allowedBits = new Map([
    [formatTags.pcm, [8, 16, 24, 32]],
    [formatTags.float, [32, 64]],
    [formatTags.aLaw, [8]],
    [formatTags.muLaw, [8]],
  ]).get(tag);
  if (allowedBits === undefined) {
    const isAdpcm = tag === formatTags.imaAdpcm || tag === formatTags.microsoftAdpcm;
    const got = isAdpcm ? "ADPCM" : `format 0x${tag.toString(16)}`;
    throw new UserError(`${name}: expected PCM, float, A-law or mu-law samples in a WAV file, got ${got}`);
  }
  if (!allowedBits.includes(bitsPerSample)) {
    throw new UserError(`${name}: expected ${allowedBits.join(", ")} bits a sample, got ${bitsPerSample}`);
  }
  if (blockBytes !== (channels * bitsPerSample) / 8) {
    throw new UserError(
      `${name}: expected blocks of ${channels} x ${bitsPerSample} bits, got ${blockBytes} bytes: the header is damaged`,
    );
  }
}

function describeWav(format: WavFormat, formatChunk: Uint8Array, data: Uint8Array): AudioContainer {
  const samples = format.blockBytes === 0 ? 0 : Math.floor(data.length / format.blockBytes);
  const soundBytes = samples * format.blockBytes;
  return {
    codec: "wav",
    sampleRateHz: format.sampleRateHz,
    channels: format.channels,
    samples,
    payload: joinWav(formatChunk, data.subarray(0, soundBytes)),
  };
}

function joinWav(format: Uint8Array, data: Uint8Array): Uint8Array {
  const formatBytes = format.length + (format.length % 2);
  const bytes = new Uint8Array(12 + 8 + formatBytes + 8 + data.length);
  const view = viewData(bytes);
  writeText(bytes, 0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  writeText(bytes, 8, "WAVEfmt ");
  view.setUint32(16, formatBytes, true);
  bytes.set(format, 20);
  writeText(bytes, 20 + formatBytes, "data");
  view.setUint32(24 + formatBytes, data.length, true);
  bytes.set(data, 28 + formatBytes);
  return bytes;
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index++) bytes[offset + index] = text.charCodeAt(index);
}
