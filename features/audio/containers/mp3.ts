import { UserError } from "../../../common/user-error.ts";
import { type AudioContainer, holdsText, viewData } from "./audio-container.ts";

/** Kilobits a second by bitrate index (ISO/IEC 11172-3, 2.4.2.3 and 13818-3); index 0 is "free", 15 is forbidden. */
const bitrates = {
  version1: {
    layer1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    layer2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    layer3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  version2: {
    layer1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    layer2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    layer3: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
};
const ratesHz = [44_100, 48_000, 32_000];
/** An encoder's delay and padding, which a decoder may leave out, in frames. */
const paddingFrames = 4;

interface FrameHeader {
  readonly bytes: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly layer: number;
}

export function isMp3(bytes: Uint8Array): boolean {
  const first = readFrameHeader(bytes, 0);
  return (
    first !== undefined && (first.bytes >= bytes.length || readFrameHeader(bytes, first.bytes) !== undefined)
  );
}

/**
 * Walks the frames from the first to the tags at the end: a decoder alone would skip over damage in silence, and
 * the one we use can loop for ever on some.
 * @param bytes without an ID3v2 tag at the start @throws UserError
 */
export function readMp3(bytes: Uint8Array, name: string): AudioContainer {
  const end = findEnd(bytes);
  const first = readFrameHeader(bytes, 0);
  if (first === undefined) throw new UserError(`${name}: expected an MPEG frame, got other data`);
  const promisedFrames = readFrameCount(bytes.subarray(0, first.bytes));
  let frames = 0;
  for (let offset = 0; offset < end; frames++) {
    const header = readFrameHeader(bytes, offset);
    if (header?.sampleRateHz !== first.sampleRateHz || header.layer !== first.layer) {
      if (isZero(bytes.subarray(offset, end))) break; // padding
      throw new UserError(
        `${name}: expected an MPEG frame at byte ${offset}, got other data: the file is damaged`,
      );
    }
    if (offset + header.bytes > end) {
      throw new UserError(
        `${name}: expected an MPEG frame of ${header.bytes} bytes at byte ${offset}, got ${end - offset}: the file is cut off`,
      );
    }
    offset += header.bytes;
  }
  const soundFrames = promisedFrames === undefined ? frames : frames - 1; // the frame that counts is silent itself
  if (promisedFrames !== undefined && soundFrames < promisedFrames) {
    throw new UserError(
      `${name}: expected ${promisedFrames} MPEG frames, got ${soundFrames}: the file is cut off`,
    );
  }
  return {
    codec: "mp3",
    sampleRateHz: first.sampleRateHz,
    channels: first.channels,
    leastSamples: Math.max(0, soundFrames - paddingFrames) * first.samples,
    payload: bytes.subarray(0, end),
  };
}

function readFrameHeader(bytes: Uint8Array, offset: number): FrameHeader | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const word = viewData(bytes).getUint32(offset);
  const version = (word >>> 19) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const layer = 4 - ((word >>> 17) & 3);
  const rate = ratesHz[(word >>> 10) & 3];
  const isVersion1 = version === 3;
  const table = isVersion1 ? bitrates.version1 : bitrates.version2;
  const kilobits = [table.layer1, table.layer2, table.layer3][layer - 1]?.[(word >>> 12) & 15] ?? 0;
  if (word >>> 21 !== 0x7ff || version === 1 || rate === undefined || kilobits === 0) return undefined;
  const sampleRateHz = rate >> (isVersion1 ? 0 : version === 2 ? 1 : 2);
  const samples = layer === 1 ? 384 : layer === 3 && !isVersion1 ? 576 : 1152;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots =
    Math.floor((samples / 8 / slotBytes) * ((kilobits * 1000) / sampleRateHz)) + ((word >>> 9) & 1);
  return {
    bytes: slots * slotBytes,
    samples,
    sampleRateHz,
    channels: ((word >>> 6) & 3) === 3 ? 1 : 2,
    layer,
  };
}

/** The count in a Xing or Info header (Xing 1998), which LAME and others write into a first, silent frame. */
function readFrameCount(frame: Uint8Array): number | undefined {
  for (const offset of [13, 21, 36]) {
    const isTag = holdsText(frame, offset, "Xing") || holdsText(frame, offset, "Info");
    if (isTag && offset + 12 <= frame.length && ((frame[offset + 7] ?? 0) & 1) === 1) {
      return viewData(frame).getUint32(offset + 8);
    }
  }
  return undefined;
}

/** Where the tags at the end start: ID3v1 (128 bytes), before it APEv2. */
function findEnd(bytes: Uint8Array): number {
  let end = bytes.length;
  if (holdsText(bytes, end - 128, "TAG")) end -= 128;
  if (holdsText(bytes, end - 32, "APETAGEX")) {
    const tagBytes = viewData(bytes).getUint32(end - 20, true);
    const hasHeader = ((bytes[end - 9] ?? 0) & 0x80) !== 0;
    end = Math.max(0, end - tagBytes - (hasHeader ? 32 : 0));
  }
  return end;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
