import { UserError } from "../../../common/user-error.ts";
import { type AudioFile, type AudioPackets, type AudioTrack, viewData } from "./audio-track.ts";
import { isAfterSound, skipTagsAfter } from "./tags.ts";

/** Enough for most frames; more is looked at when a frame is longer. */
const usualBytes = 2 ** 16;
/** 65,535 samples of 8 channels, uncompressed at 32 bits, and their headers. */
const maxFrameBytes = 2 ** 21 + 2 ** 12;
/** What must be seen behind a frame: the longest header (RFC 9639, 9.1), or a tag's name. */
const headerBytes = 17;
const minFrameBytes = 9;

/**
 * Cuts a FLAC stream into its frames (RFC 9639, 9): a frame ends where its CRC-16 holds and the next header, with its
 * CRC-8, or the end of the sound follows. Decoders get whole frames only, and a damaged one is found before them.
 * @throws UserError where no frame is, or where the file ends within one
 */
export async function* readFlacFrames(
  file: AudioFile,
  { samples }: Pick<AudioTrack, "samples">,
): AsyncGenerator<AudioPackets, void, undefined> {
  const { reader, name, onNote } = file;
  let total = 0;
  for (;;) {
    const head = await reader.peek(usualBytes);
    if (head.length === 0) return;
    const blockSamples = readHeader(head, 0);
    if (blockSamples === undefined) {
      const start = reader.position;
      if (isAfterSound(head) && (await skipTagsAfter(file)) === "end") return;
      if (samples !== undefined && total >= samples) {
        onNote(`${name}: skipped what stands after the last FLAC frame, from byte ${start} on`);
        return;
      }
      throw new UserError(
        `${name}: expected a FLAC frame at byte ${start}, got other data: the file is damaged`,
      );
    }
    total += blockSamples;
    yield {
      packets: [await reader.take(await findFrameEnd(file, samples !== undefined && total >= samples))],
    };
  }
}

/** @param isLast whether the sound should end with this frame, whatever follows @returns the frame's bytes */
async function findFrameEnd({ reader, name }: AudioFile, isLast: boolean): Promise<number> {
  for (let count = usualBytes; ; count *= 4) {
    const bytes = await reader.peek(count);
    const hasEnded = bytes.length < count;
    const searched = hasEnded ? bytes.length : bytes.length - headerBytes;
    const end = searchFrameEnd(bytes, searched, hasEnded);
    if (end !== undefined) return end;
    if (!hasEnded && count < maxFrameBytes) continue;
    const anyEnd = isLast ? searchFrameEnd(bytes, searched, hasEnded, () => true) : undefined;
    if (anyEnd !== undefined) return anyEnd;
    const problem = hasEnded ? "cut off or damaged" : "damaged";
    throw new UserError(
      `${name}: expected a whole FLAC frame at byte ${reader.position}, got none that matches its checksum: the file is ${problem}`,
    );
  }
}

/** @param canFollow whether a frame may end before these bytes */
function searchFrameEnd(
  bytes: Uint8Array,
  searched: number,
  hasEnded: boolean,
  canFollow = (rest: Uint8Array): boolean =>
    readHeader(rest, 0) !== undefined || (hasEnded && isAfterSound(rest)),
): number | undefined {
  let crc = 0;
  for (let end = 1; end <= searched; end++) {
    // `?? 0` here and below: inner loops over indexes that exist.
    crc = ((crc << 8) & 0xffff) ^ (crc16Table[(crc >>> 8) ^ (bytes[end - 1] ?? 0)] ?? 0);
    if (crc === 0 && end >= minFrameBytes && canFollow(bytes.subarray(end))) return end;
  }
  return undefined;
}

/** @returns the samples of a frame whose header begins at `start`, if one does and matches its CRC-8 */
function readHeader(bytes: Uint8Array, start: number): number | undefined {
  if (bytes[start] !== 0xff || ((bytes[start + 1] ?? 0) & 0xfe) !== 0xf8) return undefined;
  const header = bytes.subarray(start, start + headerBytes);
  if (header.length < 6) return undefined;
  const view = viewData(header);
  const sizeCode = view.getUint8(2) >> 4;
  const rateCode = view.getUint8(2) & 15;
  const isReserved =
    sizeCode === 0 || rateCode === 15 || view.getUint8(3) >> 4 > 10 || (view.getUint8(3) & 1) === 1;
  if (isReserved) return undefined;
  const sizeStart = 4 + countCodedNumberBytes(view.getUint8(4));
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0;
  const end = sizeStart + sizeBytes + rateBytes;
  if (end >= header.length || computeCrc8(header.subarray(0, end)) !== view.getUint8(end)) return undefined;
  if (sizeCode === 1) return 192;
  if (sizeCode < 6) return 144 * 2 ** sizeCode;
  if (sizeCode === 6) return view.getUint8(sizeStart) + 1;
  return sizeCode === 7 ? view.getUint16(sizeStart) + 1 : 2 ** sizeCode;
}

/** As UTF-8 has it, up to seven bytes. */
function countCodedNumberBytes(first: number): number {
  return first < 0x80 ? 1 : Math.clz32(~(first << 24));
}

/** CRC-8 with polynomial 0x07 (RFC 9639, 9.1.8). */
function computeCrc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return crc;
}

/** CRC-16 with polynomial 0x8005 (RFC 9639, 9.3): over a frame and its own checksum it is 0. */
const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0)) & 0xffff;
  return crc;
});
