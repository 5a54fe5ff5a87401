import { computePageCrc } from "../../../features/audio/containers/ogg/ogg-pages.ts";
import { joinBytes } from "./audio-files.ts";

interface PageOptions {
  readonly serial?: number;
  readonly number?: number;
  readonly isFirst?: boolean;
  readonly isLast?: boolean;
  readonly isContinued?: boolean;
  readonly granule?: bigint;
}

/** An Ogg page (RFC 3533, 6) of one packet, or of a part of it when it is 65,025 bytes long. */
export function makeOggPage(packet: Uint8Array, options: PageOptions = {}): Uint8Array {
  const {
    serial = 1,
    number = 0,
    isFirst = false,
    isLast = false,
    isContinued = false,
    granule = 0n,
  } = options;
  const whole = Math.floor(packet.length / 255);
  const segments = [
    ...Array.from({ length: whole }, () => 255),
    ...(whole < 255 ? [packet.length % 255] : []),
  ];
  const page = joinBytes(new Uint8Array(27), Uint8Array.from(segments), packet);
  const view = new DataView(page.buffer);
  page.set([0x4f, 0x67, 0x67, 0x53, 0, (isContinued ? 1 : 0) | (isFirst ? 2 : 0) | (isLast ? 4 : 0)]);
  view.setBigInt64(6, granule, true);
  view.setUint32(14, serial, true);
  view.setUint32(18, number, true);
  view.setUint8(26, segments.length);
  view.setUint32(22, computePageCrc(page, 0, page.length), true);
  return page;
}

/** Comments of an Opus stream (RFC 7845, 5.2) with a picture of so many bytes. */
export function makeOpusTags(pictureBytes: number): Uint8Array {
  const comment = joinBytes(
    new TextEncoder().encode("METADATA_BLOCK_PICTURE="),
    new Uint8Array(pictureBytes).fill(65),
  );
  const numbers = new Uint8Array(Uint32Array.of(0, 1, comment.length).buffer);
  return joinBytes(new TextEncoder().encode("OpusTags"), numbers, comment);
}

/** The same Opus stream with other tags, over as many pages as they fill. */
export function replaceOpusTags(ogg: Uint8Array, tags: Uint8Array): Uint8Array {
  const view = new DataView(ogg.buffer, ogg.byteOffset);
  const serial = view.getUint32(14, true);
  const starts = findPages(ogg);
  const [first = 0, , sound = 0] = starts;
  const pages = [ogg.subarray(first, starts[1])];
  for (let start = 0; start <= tags.length; start += 65_025) {
    const part = tags.subarray(start, start + 65_025);
    pages.push(makeOggPage(part, { serial, number: pages.length, isContinued: start > 0 }));
  }
  const shift = pages.length - 2;
  const rest = ogg.slice(sound);
  const restView = new DataView(rest.buffer);
  for (const [index, start] of starts.slice(2).entries()) {
    const at = start - sound;
    const end = (starts[index + 3] ?? ogg.length) - sound;
    restView.setUint32(at + 18, restView.getUint32(at + 18, true) + shift, true);
    restView.setUint32(at + 22, computePageCrc(rest, at, end), true);
  }
  return joinBytes(...pages, rest);
}

function findPages(ogg: Uint8Array): number[] {
  const starts: number[] = [];
  for (let start = 0; start < ogg.length;) {
    starts.push(start);
    const body = start + 27 + (ogg[start + 26] ?? 0);
    start = ogg.subarray(start + 27, body).reduce((total, size) => total + size, body);
  }
  return starts;
}

/** A mono FLAC of 44.1 kHz and 16 bits (RFC 9639) in constant blocks, whose frames leave rate and depth to STREAMINFO. */
export function makeConstantFlac(frames: number, blockSamples: number, value: number): Uint8Array {
  const info = new Uint8Array(42);
  info.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34]);
  const view = new DataView(info.buffer);
  view.setUint16(8, blockSamples);
  view.setUint16(10, blockSamples);
  view.setUint32(18, (44_100 << 12) | (15 << 4));
  view.setUint32(22, frames * blockSamples);
  return joinBytes(
    info,
    ...Array.from({ length: frames }, (_, number) => makeFrame(number, blockSamples, value)),
  );
}

function makeFrame(number: number, blockSamples: number, value: number): Uint8Array {
  const size = blockSamples - 1;
  const head = Uint8Array.of(0xff, 0xf8, 0x70, 0x00, number, size >> 8, size & 0xff);
  const body = joinBytes(head, Uint8Array.of(computeCrc(head, 8, 0x07), 0, value >> 8, value & 0xff));
  const crc = computeCrc(body, 16, 0x8005);
  return joinBytes(body, Uint8Array.of(crc >> 8, crc & 0xff));
}

function computeCrc(bytes: Uint8Array, bits: 8 | 16, polynomial: number): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) {
      crc = ((crc << 1) ^ ((crc >> (bits - 1)) & 1 ? polynomial : 0)) & (2 ** bits - 1);
    }
  }
  return crc;
}
