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
 * Whether the rest of a file may hold no sound: nothing, zeros, or tags (ID3v1, ID3v2, APE, Lyrics3), which stand after
 * the last frame. `skipTagsAfter` says what follows them. @param bytes the beginning of the rest
 */
export function isAfterSound(bytes: Uint8Array): boolean {
  const tags = ["TAG", "ID3", "3DI", "APETAGEX", "LYRICSBEGIN"];
  return tags.some((tag) => holdsText(bytes, 0, tag)) || bytes.every((byte) => byte === 0);
}

/**
 * Takes zeros and tags that stand where a frame ended.
 * @returns what they are followed by: `end`, the end of the file; `more` behind tags, as where two files were joined;
 *   `damage` behind zeros, which stand in the place of lost sound
 */
export async function skipTagsAfter({ reader }: AudioFile): Promise<"end" | "more" | "damage"> {
  let isBehindZeros = false;
  for (;;) {
    const head = await reader.peek(apeHeadBytes);
    if (head.length === 0) return "end";
    if (head[0] === 0) {
      await skipZeros(reader);
      isBehindZeros = true;
      continue;
    }
    const length =
      measureId3v1(head) || measureId3(head) || (await measureLyrics(reader)) || (await measureApe(reader));
    if (length === 0 && isAfterSound(head)) return "end"; // the beginning of a tag, cut off
    if (length === 0) return isBehindZeros ? "damage" : "more";
    await reader.skip(length);
    isBehindZeros = false;
  }
}

async function skipZeros(reader: AudioFile["reader"]): Promise<void> {
  for (;;) {
    const bytes = await reader.peek(2 ** 12);
    const zeros = bytes.findIndex((byte) => byte !== 0);
    await reader.skip(zeros === -1 ? bytes.length : zeros);
    if (zeros !== -1 || bytes.length === 0) return;
  }
}

/** ID3v1 and its extension are of one size; of ID3v2 at a file's end, the footer may be what is left. */
function measureId3v1(head: Uint8Array): number {
  if (holdsText(head, 0, "TAG+")) return 227;
  if (holdsText(head, 0, "TAG")) return 128;
  return holdsText(head, 0, "3DI") ? 10 : 0;
}

/** Lyrics3 (1 and 2) say where they end, not how long they are. */
async function measureLyrics(reader: AudioFile["reader"]): Promise<number> {
  if (!holdsText(await reader.peek(11), 0, "LYRICSBEGIN")) return 0;
  const bytes = await reader.peek(2 ** 17);
  for (let end = 11; end + 9 <= bytes.length; end++) {
    if (holdsText(bytes, end, "LYRICSEND") || holdsText(bytes, end, "LYRICS200")) return end + 9;
  }
  return bytes.length;
}
