import { UserError } from "../../../../common/user-error.ts";
import type { PcmEncoding } from "../../codecs/pcm.ts";
import { type AudioCodec, type AudioPackets, type AudioTrack, holdsText, viewData } from "../audio-track.ts";
import { type EbmlElement, readElements, readFloat, readUint } from "./ebml.ts";
import { readStreamInfo } from "../flac.ts";
import { readXiphLengths } from "./matroska-lacing.ts";

/** Names of elements (RFC 9559, 5.1.4). */
const ids = {
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  bitDepth: 0x6264,
  contentEncodings: 0x6d80,
  contentEncoding: 0x6240,
  contentCompression: 0x5034,
  contentCompAlgo: 0x4254,
  contentCompSettings: 0x4255,
};
const soundType = 2;
const headerStripping = 3;
const opusRateHz = 48_000;

/** What a track entry says of a sound. */
export interface MatroskaSound {
  readonly number: number;
  readonly codecId: string;
  readonly codecPrivate: Uint8Array;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitDepth: number;
  /** Bytes that were left out at the beginning of every packet. */
  readonly strippedHeader: Uint8Array;
  /** Whether packets are compressed or encrypted in a way that is not read. */
  readonly isEncoded: boolean;
}

/** The sounds in the body of a Tracks element. */
export function readMatroskaTracks(tracks: Uint8Array): MatroskaSound[] {
  return [...readElements(tracks)]
    .filter(({ id }) => id === ids.trackEntry)
    .map(({ body }) => [...readElements(body)])
    .filter((entry) => readUint(findBody(entry, ids.trackType)) === soundType)
    .map(readSound);
}

function readSound(entry: readonly EbmlElement[]): MatroskaSound {
  const audio = [...readElements(findBody(entry, ids.audio))];
  const channels = findBody(audio, ids.channels);
  const [encoding] = [...readElements(findBody(entry, ids.contentEncodings))];
  const compression = [
    ...readElements(findBody([...readElements(encoding?.body ?? empty)], ids.contentCompression)),
  ];
  const isStripped = readUint(findBody(compression, ids.contentCompAlgo)) === headerStripping;
  return {
    number: readUint(findBody(entry, ids.trackNumber)),
    codecId: String.fromCharCode(...findBody(entry, ids.codecId).subarray(0, 32)),
    codecPrivate: findBody(entry, ids.codecPrivate),
    sampleRateHz: Math.round(readFloat(findBody(audio, ids.samplingFrequency))),
    channels: channels.length === 0 ? 1 : readUint(channels), // RFC 9559, 5.1.4.1.29.3: 1 unless written
    bitDepth: readUint(findBody(audio, ids.bitDepth)),
    strippedHeader: isStripped ? findBody(compression, ids.contentCompSettings) : empty,
    isEncoded: encoding !== undefined && !isStripped,
  };
}

const empty = new Uint8Array(0);

/** The body of the first element of a name; empty when there is none. */
function findBody(elements: readonly EbmlElement[], wanted: number): Uint8Array {
  return elements.find(({ id }) => id === wanted)?.body ?? empty;
}

/** @throws UserError for a codec that is not read, or without the headers that it needs */
export function describeMatroskaTrack(
  sound: MatroskaSound,
  packets: AsyncIterable<AudioPackets>,
  name: string,
): AudioTrack {
  const { codecPrivate, sampleRateHz, channels } = sound;
  if (sound.isEncoded) throw createCodecError(name, "an encrypted or compressed track");
  if (sound.codecId === "A_FLAC" && holdsText(codecPrivate, 0, "fLaC") && codecPrivate.length >= 42) {
    // Length and MD5 of a file that is written as it is recorded may be wrong.
    const { codec } = readStreamInfo(codecPrivate.subarray(8, 42));
    return { codec, sampleRateHz, channels, packets };
  }
  const codec = findCodec(sound);
  if (codec === undefined) throw createCodecError(name, sound.codecId.replace(/[^ -~]/g, "?") || "none");
  if (codec.name !== "Opus") return { codec, sampleRateHz, channels, packets };
  const head = viewData(codec.head);
  return {
    codec,
    sampleRateHz: opusRateHz,
    channels: head.getUint8(9),
    skippedSamples: head.getUint16(10, true),
    packets,
  };
}

function createCodecError(name: string, got: string): UserError {
  return new UserError(
    `${name}: expected Opus, Vorbis, FLAC, AAC, ALAC, MP3 or PCM in a WebM or Matroska file, got ${got}`,
  );
}

function findCodec({
  codecId,
  codecPrivate,
  sampleRateHz,
  channels,
  bitDepth,
}: MatroskaSound): AudioCodec | undefined {
  switch (codecId) {
    case "A_OPUS":
      return holdsText(codecPrivate, 0, "OpusHead") && codecPrivate.length >= 19
        ? { name: "Opus", head: codecPrivate }
        : undefined;
    case "A_VORBIS":
      return readVorbis(codecPrivate);
    case "A_AAC":
      return codecPrivate.length < 2 ? undefined : { name: "AAC", config: codecPrivate };
    case "A_ALAC":
      return codecPrivate.length < 24 ? undefined : { name: "ALAC", cookie: codecPrivate.slice(-24) };
    case "A_MPEG/L2":
    case "A_MPEG/L3":
      return { name: "MP3" };
    case "A_PCM/INT/LIT":
    case "A_PCM/INT/BIG":
    case "A_PCM/FLOAT/IEEE": {
      const isFloat = codecId === "A_PCM/FLOAT/IEEE";
      const sample = new Map<number, PcmEncoding["sample"]>(
        isFloat
          ? [
              [32, "f32"],
              [64, "f64"],
            ]
          : [
              [8, "u8"],
              [16, "s16"],
              [24, "s24"],
              [32, "s32"],
            ],
      ).get(bitDepth);
      if (sample === undefined) return undefined;
      const isLittleEndian = codecId !== "A_PCM/INT/BIG";
      return { name: "PCM", encoding: { sample, isLittleEndian, channels, sampleRateHz } };
    }
    default:
      return undefined;
  }
}

/** Three headers with lengths as Xiph writes them (RFC 9559, codec mapping of Vorbis). */
function readVorbis(codecPrivate: Uint8Array): AudioCodec | undefined {
  if (codecPrivate[0] !== 2) return undefined;
  const { lengths, end } = readXiphLengths(codecPrivate, 2);
  const [identificationBytes, commentBytes] = lengths;
  if (identificationBytes === undefined || commentBytes === undefined || identificationBytes < 30)
    return undefined;
  return {
    name: "Vorbis",
    identification: codecPrivate.subarray(end, end + identificationBytes),
    setup: codecPrivate.subarray(end + identificationBytes + commentBytes),
  };
}
