import { at } from "../../../../common/at.ts";
import { UserError } from "../../../../common/user-error.ts";
import { type AudioFile, holdsText, viewData } from "../audio-track.ts";
import { isAfterSound, skipTagsAfter } from "../tags.ts";

const headerBytes = 27;
/** 255 segments of 255 bytes behind a header (RFC 3533, 6). */
const maxPageBytes = headerBytes + 255 + 255 * 255;

export interface OggPage {
  readonly serial: number;
  readonly number: number;
  /** Whether a packet of the page before goes on here. */
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Position of the stream at the end of the last packet that ends here; undefined when none does. */
  readonly granule: number | undefined;
  /** Lengths of the parts of packets; one of 255 means that its packet goes on. */
  readonly segments: Uint8Array;
  readonly body: Uint8Array;
  /** Where it begins in the file. */
  readonly position: number;
}

/**
 * The pages of an Ogg file (RFC 3533), each checked by its CRC. Whatever stands after the last one, as a tag, is left.
 * @throws UserError where no page is, or one is damaged or cut
 */
export async function* readOggPages(file: AudioFile): AsyncGenerator<OggPage, void, undefined> {
  const { reader, name, onNote } = file;
  for (;;) {
    const position = reader.position;
    const bytes = await reader.peek(maxPageBytes);
    if (bytes.length === 0) return;
    if (!holdsText(bytes, 0, "OggS") || bytes[4] !== 0) {
      const found = position > 0 && isAfterSound(bytes) ? await skipTagsAfter(file) : "damage";
      if (found !== "damage") {
        const place = found === "end" ? "after the last" : "behind an";
        onNote(`${name}: skipped tags or zeros ${place} Ogg page, at byte ${position}`);
        if (found === "end") return;
        continue;
      }
      throw new UserError(
        `${name}: expected an Ogg page at byte ${position}, got other data: the file is damaged`,
      );
    }
    const end = measurePage(bytes);
    if (end === undefined || end > bytes.length) {
      throw new UserError(
        `${name}: expected a whole Ogg page at byte ${position}, got ${bytes.length} bytes of it: the file is cut off`,
      );
    }
    const page = await reader.take(end);
    if (computePageCrc(page, 0, end) !== viewData(page).getUint32(22, true)) {
      throw new UserError(
        `${name}: expected the Ogg page at byte ${position} to match its checksum: the file is damaged`,
      );
    }
    yield describePage(page, position);
  }
}

function measurePage(bytes: Uint8Array): number | undefined {
  if (bytes.length < headerBytes) return undefined;
  const body = headerBytes + viewData(bytes).getUint8(26);
  if (bytes.length < body) return undefined;
  return bytes.subarray(headerBytes, body).reduce((total, length) => total + length, body);
}

function describePage(page: Uint8Array, position: number): OggPage {
  const view = viewData(page);
  const flags = view.getUint8(5);
  const body = headerBytes + view.getUint8(26);
  const granule = Number(view.getBigInt64(6, true));
  return {
    serial: view.getUint32(14, true),
    number: view.getUint32(18, true),
    isContinued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: granule < 0 ? undefined : granule,
    segments: page.slice(headerBytes, body),
    body: page.slice(body),
    position,
  };
}

/** The parts of a page's packets, each with whether its packet ends there. */
export function* cutSegments({
  segments,
  body,
}: OggPage): Generator<{ readonly bytes: Uint8Array; readonly isWhole: boolean }> {
  let start = 0;
  let length = 0;
  for (const [index, segment] of segments.entries()) {
    length += segment;
    if (segment === 255 && index < segments.length - 1) continue;
    yield { bytes: body.subarray(start, start + length), isWhole: segment < 255 };
    start += length;
    length = 0;
  }
}

/**
 * CRC of the page in [start, end): CRC-32 with polynomial 0x04c11db7, not reflected, from 0; the checksum's own four
 * bytes, from 22 on, count as 0 (RFC 3533, 6).
 */
export function computePageCrc(bytes: Uint8Array, start: number, end: number): number {
  const head = addToCrc(0, bytes, start, start + 22);
  return addToCrc(addToCrc(head, new Uint8Array(4), 0, 4), bytes, start + 26, end) >>> 0;
}

/** Four bytes a step ("slicing by four": Kounavis and Berry, 2005), for every byte of a file passes here. */
function addToCrc(begun: number, bytes: Uint8Array, start: number, end: number): number {
  const [table, afterOne, afterTwo, afterThree] = crcTables;
  let crc = begun;
  let index = start;
  // `?? 0`: an inner loop, whose indexes exist.
  for (; index + 4 <= end; index += 4) {
    crc ^=
      ((bytes[index] ?? 0) << 24) |
      ((bytes[index + 1] ?? 0) << 16) |
      ((bytes[index + 2] ?? 0) << 8) |
      (bytes[index + 3] ?? 0);
    crc =
      (afterThree[crc >>> 24] ?? 0) ^
      (afterTwo[(crc >>> 16) & 0xff] ?? 0) ^
      (afterOne[(crc >>> 8) & 0xff] ?? 0) ^
      (table[crc & 0xff] ?? 0);
  }
  for (; index < end; index++) crc = (crc << 8) ^ (table[((crc >>> 24) ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  return crc;
}

/** What a byte adds to the CRC, and what it adds once one, two and three zeros have followed it. */
const crcTables = makeCrcTables();

function makeCrcTables() {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
    return crc;
  });
  const addZero = (crcs: Int32Array): Int32Array => crcs.map((crc) => (crc << 8) ^ at(table, crc >>> 24));
  const afterOne = addZero(table);
  const afterTwo = addZero(afterOne);
  return [table, afterOne, afterTwo, addZero(afterTwo)] as const;
}
