import { UserError } from "../../../common/user-error.ts";
import { type PcmEncoding, pcmBytes } from "../codecs/pcm.ts";
import { type AudioFile, type AudioTrack, holdsText, viewData } from "./audio-track.ts";
import { ByteReader, givePiece } from "./byte-reader.ts";
import { createPcmTrack } from "./read-sound.ts";

interface CommonChunk {
  readonly encoding: PcmEncoding;
  readonly samples: number;
}

const commonBytes = 18;
/** Longest sound that is kept until the format behind it is known: 25 minutes of a CD. */
const maxHeldBytes = 2 ** 28;
/** Compression types of AIFF-C that hold plain samples; integers of other types have the depth that COMM says. */
const compressions: Readonly<Record<string, Pick<PcmEncoding, "sample" | "isLittleEndian"> | undefined>> = {
  fl32: { sample: "f32", isLittleEndian: false },
  FL32: { sample: "f32", isLittleEndian: false },
  fl64: { sample: "f64", isLittleEndian: false },
  FL64: { sample: "f64", isLittleEndian: false },
  alaw: { sample: "a-law", isLittleEndian: false },
  ALAW: { sample: "a-law", isLittleEndian: false },
  ulaw: { sample: "mu-law", isLittleEndian: false },
  ULAW: { sample: "mu-law", isLittleEndian: false },
  "raw ": { sample: "u8", isLittleEndian: false },
};
const integers = ["s8", "s16", "s24", "s32"] as const;

/**
 * Reads AIFF and AIFF-C (Apple, 1989 and 1991): big-endian chunks in any order, the format in COMM, the sound in SSND.
 * @throws UserError
 */
export async function readAiff(file: AudioFile): Promise<AudioTrack> {
  const { reader, name } = file;
  const isCompressed = holdsText(await reader.take(12), 8, "AIFC");
  let common: CommonChunk | undefined;
  let sound: HeldSound | undefined;
  for (;;) {
    const head = await reader.take(8);
    if (head.length < 8) {
      const missing = sound === undefined ? "sound" : "format";
      throw new UserError(
        `${name}: expected an AIFF file with a ${missing} chunk, got none: the file is cut off`,
      );
    }
    const size = viewData(head).getUint32(4);
    if (holdsText(head, 0, "COMM")) {
      common = readCommon(await reader.take(size + (size % 2)), isCompressed, name);
      if (sound !== undefined) return readSsnd(sound.file, common, sound.size);
    } else if (holdsText(head, 0, "SSND")) {
      if (common !== undefined) return readSsnd(file, common, size);
      sound = { size, file: await holdSound(file, size) };
    } else {
      await reader.skip(size + (size % 2));
    }
  }
}

/** A sound chunk in memory, which is read once its format is known. */
interface HeldSound {
  readonly size: number;
  readonly file: AudioFile;
}

async function holdSound(file: AudioFile, size: number): Promise<AudioFile> {
  const { reader, name } = file;
  if (size > maxHeldBytes) {
    throw new UserError(
      `${name}: expected an AIFF file with its format before a sound of ${size} bytes, got it behind`,
    );
  }
  const sound = await reader.take(size);
  await reader.skip(size % 2);
  return { ...file, reader: new ByteReader(givePiece(sound)) };
}

async function readSsnd(
  file: AudioFile,
  { encoding, samples }: CommonChunk,
  size: number,
): Promise<AudioTrack> {
  const head = await file.reader.take(8);
  const offset = head.length < 8 ? 0 : viewData(head).getUint32(0);
  await file.reader.skip(offset);
  const frameBytes = encoding.channels * pcmBytes[encoding.sample];
  // A recorder that was killed leaves 0 in both places.
  const isUnknown = samples === 0 && size <= 8;
  return createPcmTrack(file, encoding, isUnknown ? Infinity : samples * frameBytes);
}

function readCommon(chunk: Uint8Array, isCompressed: boolean, name: string): CommonChunk {
  if (chunk.length < commonBytes) {
    throw new UserError(`${name}: expected an AIFF format chunk of 18 bytes, got ${chunk.length}`);
  }
  const view = viewData(chunk);
  const bits = view.getInt16(6);
  const type = isCompressed ? String.fromCharCode(...chunk.subarray(18, 22)) : "NONE";
  const plain = findIntegers(type, bits) ?? compressions[type];
  if (plain === undefined) {
    const got = ["NONE", "twos", "sowt"].includes(type) ? `${bits} bits` : `"${type}"`;
    throw new UserError(`${name}: expected PCM, float, A-law or mu-law samples in an AIFF file, got ${got}`);
  }
  const sampleRateHz = readExtended(view, 8);
  return { encoding: { ...plain, channels: view.getInt16(0), sampleRateHz }, samples: view.getUint32(2) };
}

/** Integers of odd depths stand in the high bits of whole bytes. */
function findIntegers(
  type: string,
  bits: number,
): Pick<PcmEncoding, "sample" | "isLittleEndian"> | undefined {
  const sample = integers[Math.ceil(bits / 8) - 1];
  if (sample === undefined || !["NONE", "twos", "sowt", "in24", "in32"].includes(type)) return undefined;
  return { sample, isLittleEndian: type === "sowt" };
}

/** An 80-bit float of the Motorola 68881: sign and exponent in 16 bits, then a mantissa of 64 with its leading 1. */
function readExtended(view: DataView, offset: number): number {
  const exponent = view.getUint16(offset) & 0x7fff;
  const mantissa = view.getUint32(offset + 2) * 2 ** 32 + view.getUint32(offset + 6);
  return mantissa * 2 ** (exponent - 16_383 - 63);
}
