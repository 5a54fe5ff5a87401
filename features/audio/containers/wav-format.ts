import { UserError } from "../../../common/user-error.ts";
import { type PcmEncoding, pcmBytes } from "../codecs/pcm.ts";
import { type AudioCodec, viewData } from "./audio-track.ts";

/** What a `fmt ` chunk says. */
export interface WavFormat {
  readonly codec: AudioCodec;
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Bytes that are decoded together, and the samples of each channel in them. */
  readonly blockBytes: number;
  readonly blockSamples: number;
}

/** `wFormatTag` values (Microsoft, mmreg.h), and the kinds that are only named. */
const formatTags = {
  pcm: 1,
  microsoftAdpcm: 2,
  float: 3,
  aLaw: 6,
  muLaw: 7,
  imaAdpcm: 0x11,
  extensible: 0xfffe,
};
const namedTags = new Map([
  [0x31, "GSM"],
  [0x50, "MPEG audio"],
  [0x55, "MP3"],
  [0x92, "AC-3"],
  [0xff, "AAC"],
  [0x160, "Windows Media Audio"],
  [0x161, "Windows Media Audio"],
  [0x162, "Windows Media Audio"],
  [0x2001, "DTS"],
]);

/** @param chunk the `fmt ` chunk's body @throws UserError for what is not read or contradicts itself */
export function readWavFormat(chunk: Uint8Array, name: string): WavFormat {
  if (chunk.length < 16) {
    throw new UserError(`${name}: expected a format chunk of at least 16 bytes, got ${chunk.length}`);
  }
  const view = viewData(chunk);
  const writtenTag = view.getUint16(0, true);
  const header = {
    tag: writtenTag === formatTags.extensible && chunk.length >= 40 ? view.getUint16(24, true) : writtenTag,
    channels: view.getUint16(2, true),
    sampleRateHz: view.getUint32(4, true),
    blockBytes: view.getUint16(12, true),
    bitsPerSample: view.getUint16(14, true),
  };
  return header.tag === formatTags.imaAdpcm || header.tag === formatTags.microsoftAdpcm
    ? readAdpcm(header, chunk, name)
    : readPcm(header, name);
}

interface FormatHeader {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly blockBytes: number;
  readonly bitsPerSample: number;
}

function readPcm(header: FormatHeader, name: string): WavFormat {
  const { channels, sampleRateHz, blockBytes, bitsPerSample } = header;
  const sample = findPcmSample(header, name);
  if (blockBytes !== channels * pcmBytes[sample]) {
    throw new UserError(
      `${name}: expected blocks of ${channels} x ${bitsPerSample} bits, got ${blockBytes} bytes: the header is damaged`,
    );
  }
  if (blockBytes === 0) throw new UserError(`${name}: expected 1 to 256 channels, got ${channels}`);
  const encoding: PcmEncoding = { sample, isLittleEndian: true, channels, sampleRateHz };
  return { codec: { name: "PCM", encoding }, channels, sampleRateHz, blockBytes, blockSamples: 1 };
}

/** Integers of odd depths stand in the high bits of whole bytes. */
function findPcmSample({ tag, bitsPerSample }: FormatHeader, name: string): PcmEncoding["sample"] {
  const samples = new Map<number, readonly PcmEncoding["sample"][]>([
    [formatTags.pcm, ["u8", "s16", "s24", "s32"]],
    [formatTags.float, ["f32", "f64"]],
    [formatTags.aLaw, ["a-law"]],
    [formatTags.muLaw, ["mu-law"]],
  ]).get(tag);
  if (samples === undefined) {
    const found = namedTags.get(tag) ?? `format 0x${tag.toString(16)}`;
    throw new UserError(
      `${name}: expected PCM, float, ADPCM, A-law or mu-law samples in a WAV file, got ${found}`,
    );
  }
  const sample = samples.find((candidate) => pcmBytes[candidate] === Math.ceil(bitsPerSample / 8));
  if (sample === undefined) {
    const allowed = samples.map((candidate) => 8 * pcmBytes[candidate]).join(", ");
    throw new UserError(`${name}: expected ${allowed} bits a sample, got ${bitsPerSample}`);
  }
  return sample;
}

/** Blocks of IMA and Microsoft ADPCM begin with whole samples, then hold 4 bits each (Microsoft, mmreg.h). */
function readAdpcm(header: FormatHeader, chunk: Uint8Array, name: string): WavFormat {
  const { tag, channels, sampleRateHz, blockBytes, bitsPerSample } = header;
  const isIma = tag === formatTags.imaAdpcm;
  const headBytes = (isIma ? 4 : 7) * channels;
  const blockSamples = isIma
    ? 1 + (8 * (blockBytes - headBytes)) / (4 * channels)
    : 2 + (8 * (blockBytes - headBytes)) / (4 * channels);
  const hasExtension = chunk.length >= 20 && viewData(chunk).getUint16(16, true) >= 2;
  const writtenSamples = hasExtension ? viewData(chunk).getUint16(18, true) : blockSamples;
  const isWhole = Number.isInteger(blockSamples) && blockBytes > headBytes && writtenSamples === blockSamples;
  if (bitsPerSample !== 4 || channels < 1 || channels > 2 || !isWhole) {
    throw new UserError(
      `${name}: expected ADPCM of 4 bits in 1 or 2 channels, got ${bitsPerSample} bits, ${channels} channels, ` +
        `blocks of ${blockBytes} bytes and ${writtenSamples} samples: the header is damaged or of another kind`,
    );
  }
  return {
    codec: { name: "ADPCM", kind: isIma ? "IMA" : "Microsoft", channels, blockBytes, formatChunk: chunk },
    channels,
    sampleRateHz,
    blockBytes,
    blockSamples,
  };
}
