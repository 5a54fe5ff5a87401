import { UserError } from "../../../../common/user-error.ts";
import type { PcmEncoding } from "../../codecs/pcm.ts";
import { type AudioCodec, viewData } from "../audio-track.ts";
import { findBox, readBoxes, readUint64 } from "./mp4-boxes.ts";

/** What a `trak` box says of a sound. */
export interface Mp4Sound {
  readonly trackId: number;
  readonly codec: AudioCodec;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples before the sound, which the edit list leaves out, and those of the sound, where it says so. */
  readonly skippedSamples: number;
  readonly samples: number | undefined;
  /** Bytes of all channels' samples, for PCM, which has no packets of its own. */
  readonly frameBytes: number | undefined;
  /** The `stbl` box. */
  readonly tables: Uint8Array;
}

/** Sample entries that are not read, by name. */
const namedEntries: Readonly<Record<string, string | undefined>> = {
  samr: "AMR",
  sawb: "AMR",
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  dtsc: "DTS",
  enca: "protected sound",
  drms: "protected sound",
};
const pcmEntries: Readonly<Record<string, Pick<PcmEncoding, "sample" | "isLittleEndian"> | undefined>> = {
  "raw ": { sample: "u8", isLittleEndian: false },
  twos: { sample: "s16", isLittleEndian: false },
  sowt: { sample: "s16", isLittleEndian: true },
  in24: { sample: "s24", isLittleEndian: false },
  in32: { sample: "s32", isLittleEndian: false },
  fl32: { sample: "f32", isLittleEndian: false },
  fl64: { sample: "f64", isLittleEndian: false },
  alaw: { sample: "a-law", isLittleEndian: false },
  ulaw: { sample: "mu-law", isLittleEndian: false },
};
const opusRateHz = 48_000;

/** The first sound of a `moov` box. @throws UserError when there is none, or none that is read */
export function readMp4Sound(moov: Uint8Array, name: string): Mp4Sound {
  const traks = readBoxes(moov).filter(({ type }) => type === "trak");
  const trak = traks.find(({ body }) => {
    const handler = findBox(body, "mdia", "hdlr");
    return handler !== undefined && String.fromCharCode(...handler.subarray(8, 12)) === "soun";
  })?.body;
  const tables = trak && findBox(trak, "mdia", "minf", "stbl");
  const description = tables && findBox(tables, "stsd");
  const [entry] = description ? readBoxes(description.subarray(8)) : [];
  if (trak === undefined || tables === undefined || entry === undefined || entry.body.length < 28) {
    throw new UserError(`${name}: expected sound in the MP4 file, got none`);
  }
  const view = viewData(entry.body);
  const written = {
    channels: view.getUint16(16),
    bits: view.getUint16(18),
    sampleRateHz: view.getUint16(24),
  };
  const version = view.getUint16(8); // QuickTime's entries of version 1 and 2 are longer
  const children = entry.body.subarray(28 + (version === 1 ? 16 : version === 2 ? 36 : 0));
  const sound = readEntry(entry.type, children, written);
  if (sound === undefined) {
    const got = namedEntries[entry.type] ?? `"${entry.type.replace(/[^ -~]/g, "?")}"`;
    throw new UserError(`${name}: expected AAC, ALAC, Opus, FLAC, MP3 or PCM in an MP4 file, got ${got}`);
  }
  const header = findBox(trak, "tkhd");
  const trackId =
    header === undefined || header.length < 24 ? 0 : viewData(header).getUint32(header[0] === 1 ? 20 : 12);
  return { ...sound, trackId, tables, ...readEdit(moov, trak, sound.sampleRateHz) };
}

type Described = Pick<Mp4Sound, "codec" | "sampleRateHz" | "channels" | "frameBytes">;
interface WrittenFormat {
  readonly channels: number;
  readonly bits: number;
  readonly sampleRateHz: number;
}

function readEntry(type: string, children: Uint8Array, written: WrittenFormat): Described | undefined {
  const { channels, sampleRateHz } = written;
  const plain = { sampleRateHz, channels, frameBytes: undefined };
  const pcm = pcmEntries[type];
  if (pcm !== undefined) {
    const sample = pcm.sample === "s16" && written.bits === 8 ? "s8" : pcm.sample;
    const encoding = { ...pcm, sample, channels, sampleRateHz };
    return { ...plain, codec: { name: "PCM", encoding }, frameBytes: channels * Math.ceil(written.bits / 8) };
  }
  const box = (wanted: string): Uint8Array | undefined =>
    findBox(children, wanted) ?? findBox(children, "wave", wanted); // QuickTime wraps it
  switch (type) {
    case "mp4a":
      return readElementaryStream(box("esds"), plain);
    case ".mp3":
      return { ...plain, codec: { name: "MP3" } };
    case "alac": {
      const cookie = box("alac")?.subarray(4);
      if (cookie === undefined || cookie.length < 24) return undefined;
      const view = viewData(cookie);
      const codec = { name: "ALAC", cookie: cookie.subarray(0, 24) } as const;
      return { ...plain, codec, channels: view.getUint8(9), sampleRateHz: view.getUint32(20) };
    }
    case "fLaC": {
      const info = box("dfLa")?.subarray(8, 42);
      if (info?.length !== 34) return undefined;
      return {
        ...plain,
        codec: { name: "FLAC", streamInfo: info },
        sampleRateHz: viewData(info).getUint32(10) >>> 12,
      };
    }
    case "Opus": {
      const head = box("dOps");
      return head === undefined || head.length < 11
        ? undefined
        : { ...readOpus(head), frameBytes: undefined };
    }
    default:
      return undefined;
  }
}

/** The numbers of an `OpusHead`, big-endian (Encapsulation of Opus in ISO BMFF, 4.3.2). */
function readOpus(box: Uint8Array) {
  const view = viewData(box);
  const head = new Uint8Array(8 + box.length);
  head.set(Array.from("OpusHead", (letter) => letter.charCodeAt(0)));
  head.set(box, 8);
  const headView = viewData(head);
  headView.setUint8(8, 1);
  headView.setUint16(10, view.getUint16(2), true);
  headView.setUint32(12, view.getUint32(4), true);
  headView.setInt16(16, view.getInt16(8), true);
  return { codec: { name: "Opus", head } as const, sampleRateHz: opusRateHz, channels: view.getUint8(1) };
}

const descriptors = { stream: 3, decoder: 4, config: 5 };
const objectTypes = { aac: 0x40, mpeg2Aac: [0x66, 0x67, 0x68], mp3: [0x69, 0x6b] };

/** An `esds` box: descriptors in each other, each with a size of seven bits a byte (ISO/IEC 14496-1, 7.2.6). */
function readElementaryStream(
  esds: Uint8Array | undefined,
  plain: Omit<Described, "codec">,
): Described | undefined {
  let rest = esds?.subarray(4) ?? new Uint8Array(0);
  let objectType: number | undefined;
  while (rest.length > 2) {
    const [tag = 0] = rest;
    let start = 1;
    while (start < 4 && viewData(rest).getUint8(start) >= 0x80 && start + 1 < rest.length) start++;
    const size = rest.subarray(1, start + 1).reduce((total, byte) => total * 128 + (byte & 127), 0);
    const body = rest.subarray(start + 1);
    if (tag === descriptors.config) {
      const config = body.slice(0, size);
      return config.length < 2 ? undefined : { ...plain, codec: { name: "AAC", config } };
    }
    if (tag === descriptors.decoder) objectType = body[0];
    if (objectType !== undefined && objectTypes.mp3.includes(objectType))
      return { ...plain, codec: { name: "MP3" } };
    const skipped = tag === descriptors.stream ? 3 : tag === descriptors.decoder ? 13 : size;
    rest = body.subarray(skipped);
  }
  return undefined;
}

/** The first edit that is not empty: which part of the samples is the sound. */
function readEdit(moov: Uint8Array, trak: Uint8Array, sampleRateHz: number) {
  const whole = { skippedSamples: 0, samples: undefined };
  const edits = findBox(trak, "edts", "elst");
  const movieScale = readTimescale(findBox(moov, "mvhd"));
  const mediaScale = readTimescale(findBox(trak, "mdia", "mdhd"));
  if (edits === undefined || edits.length < 20 || movieScale === 0 || mediaScale === 0) return whole;
  const view = viewData(edits);
  const isLong = view.getUint8(0) === 1;
  const rowBytes = isLong ? 20 : 12;
  for (let row = 8; row + rowBytes <= edits.length; row += rowBytes) {
    const duration = isLong ? readUint64(edits, row) : view.getUint32(row);
    const start = isLong ? Number(view.getBigInt64(row + 8)) : view.getInt32(row + 4);
    if (start < 0) continue;
    const samples = Math.round((duration / movieScale) * sampleRateHz);
    return {
      skippedSamples: Math.round((start / mediaScale) * sampleRateHz),
      samples: samples > 0 ? samples : undefined,
    };
  }
  return whole;
}

function readTimescale(header: Uint8Array | undefined): number {
  const offset = header?.[0] === 1 ? 20 : 12;
  return header === undefined || header.length < offset + 4 ? 0 : viewData(header).getUint32(offset);
}
