import { UserError } from "../../../common/user-error.ts";
import { type AudioFile, type AudioPackets, type AudioTrack, holdsText, viewData } from "./audio-track.ts";
import { joinBytes } from "./byte-reader.ts";
import { type Mp3FrameHeader, readMp3FrameHeader } from "./mp3-frame-header.ts";
import { isAfterSound, skipTagsAfter } from "./tags.ts";

/** An encoder's delay and padding, which a decoder may leave out, in frames. */
const paddingFrames = 4;
/** Frames that must follow each other to be believed, behind data that is none. */
const chainFrames = 4;
/** How far the first frame may stand behind other data: a recording of a radio stream begins anywhere. */
export const mp3SearchBytes = 2 ** 13;
/** The longest frame: layer II at 384 kbit/s and 32 kHz, or layer I at 448 kbit/s. */
const maxFrameBytes = 2 ** 11;
/** Frames that are decoded together. */
const packetBytes = 2 ** 13;

/** Where the first of some frames begins, when the file's bytes hold one near their start; else undefined. */
export function findMp3Start(bytes: Uint8Array): number | undefined {
  if (countChain(bytes, 0, 2) === 2) return 0;
  for (let start = 1; start < Math.min(bytes.length, mp3SearchBytes); start++) {
    if (bytes[start] === 0xff && countChain(bytes, start, chainFrames) === chainFrames) return start;
  }
  return undefined;
}

/** Frames of one kind after another, up to `wanted`; all of them when the file ends there. */
function countChain(bytes: Uint8Array, start: number, wanted: number): number {
  const first = readMp3FrameHeader(bytes, start);
  let offset = start;
  for (let count = 0; count < wanted; count++) {
    const header = readMp3FrameHeader(bytes, offset);
    if (header === undefined || !isAlike(header, first)) return count;
    offset += header.bytes;
    if (offset >= bytes.length) return start === 0 ? wanted : count;
  }
  return wanted;
}

function isAlike(header: Mp3FrameHeader | undefined, first: Mp3FrameHeader | undefined): boolean {
  return header !== undefined && header.sampleRateHz === first?.sampleRateHz && header.layer === first.layer;
}

/**
 * Walks the frames from the first to the tags at the end: a decoder alone would skip over damage in silence, and
 * the one we use can loop for ever on some. A last frame that is cut is left out, as players do.
 * @throws UserError for a damaged file, and for one with fewer frames than its header counts
 */
export async function readMp3(file: AudioFile): Promise<AudioTrack> {
  const head = await file.reader.peek(maxFrameBytes);
  const first = readMp3FrameHeader(head, 0);
  if (first === undefined) throw new UserError(`${file.name}: expected an MPEG frame, got other data`);
  const promisedFrames = readFrameCount(head.subarray(0, first.bytes));
  return {
    codec: { name: "MP3" },
    sampleRateHz: first.sampleRateHz,
    channels: first.channels,
    packets: readFrames(file, first, promisedFrames),
  };
}

async function* readFrames(
  file: AudioFile,
  first: Mp3FrameHeader,
  promisedFrames: number | undefined,
): AsyncGenerator<AudioPackets, void, undefined> {
  const { reader, name, onNote } = file;
  let frames = promisedFrames === undefined ? 0 : -1; // the frame that counts is silent itself
  let isCut = false;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for (;;) {
    const bytes = await reader.peek(maxFrameBytes);
    const header = readMp3FrameHeader(bytes, 0);
    if (header === undefined || !isAlike(header, first)) {
      if (isAfterSound(bytes)) {
        if (await findsMoreFrames(file, first)) continue;
        break;
      }
      if (isCutHeader(bytes)) {
        isCut = true;
        break;
      }
      throw new UserError(
        `${name}: expected an MPEG frame at byte ${reader.position}, got other data: the file is damaged`,
      );
    }
    if (header.bytes > bytes.length) {
      isCut = true;
      break;
    }
    waiting.push(await reader.take(header.bytes));
    waitingBytes += header.bytes;
    frames++;
    if (waitingBytes < packetBytes) continue;
    yield { packets: [joinBytes(waiting)] };
    waiting = [];
    waitingBytes = 0;
  }
  const foundFrames = frames + (isCut ? 1 : 0);
  if (promisedFrames !== undefined && foundFrames < promisedFrames) {
    throw new UserError(
      `${name}: expected ${promisedFrames} MPEG frames, got ${foundFrames}: the file is cut off`,
    );
  }
  if (isCut) onNote(`${name}: skipped the last MPEG frame, at byte ${reader.position}, which is cut off`);
  yield { packets: [joinBytes(waiting)], minSamples: Math.max(0, frames - paddingFrames) * first.samples };
}

/** Behind tags and zeros. Files that were joined have tags between them. @throws UserError where sound was lost */
async function findsMoreFrames(file: AudioFile, first: Mp3FrameHeader): Promise<boolean> {
  const { reader, name, onNote } = file;
  const start = reader.position;
  const found = await skipTagsAfter(file);
  if (found === "end") return false;
  if (found === "damage") {
    throw new UserError(
      `${name}: expected an MPEG frame at byte ${start}, got zeros with other data behind them: the file is damaged`,
    );
  }
  const bytes = await reader.peek(2 * maxFrameBytes);
  const isJoined = isAlike(readMp3FrameHeader(bytes, 0), first) && countChain(bytes, 0, 2) === 2;
  onNote(
    isJoined
      ? `${name}: skipped the tags between two sounds, at byte ${start}`
      : `${name}: skipped what stands after the last MPEG frame, from byte ${start} on`,
  );
  return isJoined;
}

/** Less than a frame's header, which a cut file ends with. */
function isCutHeader(bytes: Uint8Array): boolean {
  return bytes.length < 4 && bytes[0] === 0xff;
}

/** The count in a Xing or Info header (Xing 1998), which LAME and others write into a first, silent frame. */
function readFrameCount(frame: Uint8Array): number | undefined {
  for (const offset of [13, 21, 36]) {
    const isTag = holdsText(frame, offset, "Xing") || holdsText(frame, offset, "Info");
    if (isTag && offset + 12 <= frame.length) {
      const view = viewData(frame);
      if ((view.getUint8(offset + 7) & 1) === 1) return view.getUint32(offset + 8);
    }
  }
  return undefined;
}
