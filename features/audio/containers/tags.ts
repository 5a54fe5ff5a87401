import { type AudioFile, holdsText, viewData } from "./audio-track.ts";
import { readMp3FrameHeader } from "./mp3-frame-header.ts";

/** Zeros that players step over before they give up. */
const maxZeros = 2 ** 20;
/** No tag with a picture is larger. */
const maxApeBytes = 2 ** 26;

/**
 * Takes what stands before the sound of an MP3 or FLAC file: ID3v2 tags (id3.org, 2.4 structure 3.1), APE tags, zeros.
 * @returns the bytes taken
 */
export async function skipTagsBefore({ reader }: AudioFile): Promise<number> {
  const start = reader.position;
  for (;;) {
    const head = await reader.peek(32);
    const length = measureId3(head) || (await measureApe(reader)) || (await countZeros(reader));
    if (length === 0) return reader.position - start;
    await reader.skip(length);
  }
}

/** Bytes of an ID3v2 tag at the start, 0 without one. */
function measureId3(bytes: Uint8Array): number {
  if (!holdsText(bytes, 0, "ID3") || bytes.length < 10) return 0;
  const size = bytes.subarray(6, 10).reduce((total, byte) => total * 128 + (byte & 0x7f), 0);
  const hasFooter = (viewData(bytes).getUint8(5) & 0x10) !== 0;
  return 10 + size + (hasFooter ? 10 : 0);
}

const apeHeadBytes = 32;

/** An APEv2 tag that begins with its header: the size counts all but the header, unless the writer got it wrong. */
async function measureApe(reader: AudioFile["reader"]): Promise<number> {
  const head = await reader.peek(apeHeadBytes);
  if (!holdsText(head, 0, "APETAGEX") || head.length < apeHeadBytes) return 0;
  const size = viewData(head).getUint32(12, true);
  if (size > maxApeBytes) return apeHeadBytes;
  const sound = (await reader.peek(size + 4)).subarray(size);
  const endsEarly = isFlacStart(sound) || readMp3FrameHeader(sound, 0) !== undefined;
  return endsEarly && size >= apeHeadBytes ? size : apeHeadBytes + size;
}

function isFlacStart(bytes: Uint8Array): boolean {
  return holdsText(bytes, 0, "fLaC");
}

/** Zeros at the start, when something else follows them. */
async function countZeros(reader: AudioFile["reader"]): Promise<number> {
  if ((await reader.peek(1))[0] !== 0) return 0;
  for (let count = 2 ** 12; count <= maxZeros; count *= 4) {
    const bytes = await reader.peek(count);
    const zeros = bytes.findIndex((byte) => byte !== 0);
    if (zeros >= 0) return zeros;
    if (bytes.length < count) return 0;
  }
  return 0;
}

/**
 * Whether the rest of a file holds no sound: nothing, zeros, or tags (ID3v1, ID3v2, APE, Lyrics3), which stand after
 * the last frame. @param bytes the beginning of the rest
 */
export function isAfterSound(bytes: Uint8Array): boolean {
  const tags = ["TAG", "ID3", "3DI", "APETAGEX", "LYRICSBEGIN"];
  return tags.some((tag) => holdsText(bytes, 0, tag)) || bytes.every((byte) => byte === 0);
}
