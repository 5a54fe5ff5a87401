import { UserError } from "../../../common/user-error.ts";
import { type AudioContainer, holdsText, viewData } from "./audio-container.ts";

const headerBytes = 27;
const firstPageFlag = 2;
const opusRateHz = 48_000; // every Opus stream decodes at this rate (RFC 7845, 5.1)

export function isOgg(bytes: Uint8Array): boolean {
  return holdsText(bytes, 0, "OggS");
}

/**
 * Walks the pages of an Ogg file (RFC 3533), checking each page's CRC and the numbering, so that a damaged or cut
 * file is refused before the decoder, which would skip what it cannot read. Streams may follow one another (chained),
 * as when files were joined, but not lie side by side. A last page without its mark is taken as the end: recorders
 * that are stopped write none, and what stands before it is whole.
 * @throws UserError
 */
export function readOgg(bytes: Uint8Array, name: string): AudioContainer {
  const starts: number[] = [];
  let serial = 0;
  let expectedNumber = 0;
  for (let offset = 0; offset < bytes.length;) {
    const page = readPage(bytes, offset, name);
    const isNext = page.isFirst && expectedNumber !== 1; // a stream that has only its first page has not ended
    if (offset === 0 || isNext) {
      starts.push(offset);
      serial = page.serial;
      expectedNumber = 0;
    }
    if (page.serial !== serial) {
      throw new UserError(`${name}: expected one Ogg stream at a time, got another at byte ${offset}`);
    }
    if (page.number !== expectedNumber) {
      throw new UserError(
        `${name}: expected Ogg page ${expectedNumber}, got page ${page.number}: a part is missing`,
      );
    }
    expectedNumber++;
    offset = page.end;
  }
  const [first, ...others] = starts.map((start) => readCodec(bytes.subarray(start), name));
  const [, ...furtherStreams] = starts;
  if (first === undefined) throw new UserError(`${name}: expected an Ogg stream, got none`);
  for (const other of others) checkAlike(first, other, name);
  return { ...first, payload: bytes, furtherStreams };
}

type StreamHeader = Pick<AudioContainer, "codec" | "sampleRateHz" | "channels">;

/** Streams may differ in channels, for each is mixed to mono. @throws UserError */
function checkAlike(first: StreamHeader, other: StreamHeader, name: string): void {
  const describe = ({ codec, sampleRateHz }: StreamHeader): string => `${codec} at ${sampleRateHz} Hz`;
  if (describe(first) !== describe(other)) {
    throw new UserError(`${name}: expected ${describe(first)} throughout, got ${describe(other)} further on`);
  }
}

function readPage(bytes: Uint8Array, start: number, name: string) {
  const segments = bytes[start + 26] ?? 0;
  const body = start + headerBytes + segments;
  if (!holdsText(bytes, start, "OggS") || bytes[start + 4] !== 0) {
    throw new UserError(
      `${name}: expected an Ogg page at byte ${start}, got other data: the file is damaged`,
    );
  }
  let end = body;
  for (let index = start + headerBytes; index < body; index++) end += bytes[index] ?? 0;
  if (end > bytes.length || body > bytes.length) {
    throw new UserError(
      `${name}: expected an Ogg page of ${end - start} bytes at byte ${start}, got ${bytes.length - start}: the file is cut off`,
    );
  }
  const view = viewData(bytes);
  if (computePageCrc(bytes, start, end) !== view.getUint32(start + 22, true)) {
    throw new UserError(
      `${name}: expected the Ogg page at byte ${start} to match its checksum: the file is damaged`,
    );
  }
  return {
    serial: view.getUint32(start + 14, true),
    number: view.getUint32(start + 18, true),
    isFirst: ((bytes[start + 5] ?? 0) & firstPageFlag) !== 0,
    end,
  };
}

/** Identification headers: Vorbis I 4.2.2, RFC 7845 5.1, Ogg FLAC mapping 1.0. */
function readCodec(bytes: Uint8Array, name: string): StreamHeader {
  const packet = headerBytes + (bytes[26] ?? 0);
  const view = viewData(bytes);
  if (holdsText(bytes, packet, "\x01vorbis") && bytes.length >= packet + 30) {
    return {
      codec: "vorbis",
      channels: view.getUint8(packet + 11),
      sampleRateHz: view.getUint32(packet + 12, true),
    };
  }
  if (holdsText(bytes, packet, "OpusHead") && bytes.length >= packet + 19) {
    return { codec: "opus", channels: view.getUint8(packet + 9), sampleRateHz: opusRateHz };
  }
  if (holdsText(bytes, packet, "\x7fFLAC") && bytes.length >= packet + 51) {
    const packed = view.getUint32(packet + 27);
    return { codec: "ogg-flac", sampleRateHz: packed >>> 12, channels: ((packed >>> 9) & 7) + 1 };
  }
  throw new UserError(`${name}: expected Vorbis, Opus or FLAC in the Ogg file, got another codec`);
}

/** CRC of the page in [start, end): CRC-32 with polynomial 0x04c11db7, not reflected, from 0; the checksum's own bytes count as 0 (RFC 3533, 6). */
export function computePageCrc(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let index = start; index < end; index++) {
    const isChecksum = index >= start + 22 && index < start + 26;
    const byte = isChecksum ? 0 : (bytes[index] ?? 0);
    crc = ((crc << 8) ^ (crcTable[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  }
  return crc;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc >>> 0;
});
