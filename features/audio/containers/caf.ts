import { UserError } from "../../../common/user-error.ts";
import { type PcmEncoding, pcmBytes } from "../codecs/pcm.ts";
import { type AudioFile, type AudioTrack, holdsText, viewData } from "./audio-track.ts";
import { createPcmTrack } from "./read-sound.ts";

const chunkHeadBytes = 12;
const descriptionBytes = 32;
const flags = { float: 1, littleEndian: 2 };
const namedFormats: Readonly<Record<string, string | undefined>> = {
  "aac ": "AAC",
  alac: "Apple Lossless",
  ima4: "ADPCM",
  opus: "Opus",
  ".mp3": "MP3",
  samr: "AMR",
  ilbc: "iLBC",
};

/** Reads PCM, A-law and mu-law in Apple's Core Audio Format (specification 1.0). @throws UserError */
export async function readCaf(file: AudioFile): Promise<AudioTrack> {
  const { reader, name } = file;
  await reader.skip(8);
  let encoding: PcmEncoding | undefined;
  for (;;) {
    const head = await reader.take(chunkHeadBytes);
    if (head.length < chunkHeadBytes) {
      throw new UserError(`${name}: expected a CAF file with a data chunk, got none: the file is cut off`);
    }
    const size = Number(viewData(head).getBigInt64(4)); // -1: up to the end of the file
    if (holdsText(head, 0, "desc")) {
      encoding = readDescription(await reader.take(Math.max(0, size)), name);
    } else if (holdsText(head, 0, "data")) {
      if (encoding === undefined) {
        throw new UserError(`${name}: expected a CAF file with its format before its sound, got none`);
      }
      await reader.skip(4); // the count of edits
      return createPcmTrack(file, encoding, size < 4 ? Infinity : size - 4);
    } else {
      await reader.skip(Math.max(0, size));
    }
  }
}

function readDescription(chunk: Uint8Array, name: string): PcmEncoding {
  if (chunk.length < descriptionBytes) {
    throw new UserError(`${name}: expected a CAF format chunk of 32 bytes, got ${chunk.length}`);
  }
  const view = viewData(chunk);
  const format = String.fromCharCode(...chunk.subarray(8, 12));
  const formatFlags = view.getUint32(12);
  const packetBytes = view.getUint32(16);
  const channels = view.getUint32(24);
  const sample = findSample(format, (formatFlags & flags.float) !== 0, view.getUint32(28));
  if (sample === undefined || packetBytes !== channels * pcmBytes[sample]) {
    const got = format === "lpcm" ? `${view.getUint32(28)} bits` : (namedFormats[format] ?? "another codec");
    throw new UserError(`${name}: expected PCM, float, A-law or mu-law samples in a CAF file, got ${got}`);
  }
  const isLittleEndian = (formatFlags & flags.littleEndian) !== 0;
  return { sample, isLittleEndian, channels, sampleRateHz: view.getFloat64(0) };
}

function findSample(format: string, isFloat: boolean, bits: number): PcmEncoding["sample"] | undefined {
  if (format === "alaw") return "a-law";
  if (format === "ulaw") return "mu-law";
  if (format !== "lpcm") return undefined;
  const samples = isFloat ? (["f32", "f64"] as const) : (["s8", "s16", "s24", "s32"] as const);
  return samples.find((sample) => 8 * pcmBytes[sample] === bits);
}
