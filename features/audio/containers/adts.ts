import { UserError } from "../../../common/user-error.ts";
import { type AudioFile, type AudioPackets, type AudioTrack, viewData } from "./audio-track.ts";
import { isAfterSound, skipTagsAfter } from "./tags.ts";

const ratesHz = [96, 88.2, 64, 48, 44.1, 32, 24, 22.05, 16, 12, 11.025, 8, 7.35].map((kilo) => 1000 * kilo);
const headerBytes = 9;
/** 13 bits. */
const maxFrameBytes = 2 ** 13;

interface AdtsHeader {
  /** Of the whole frame, and of its header. */
  readonly bytes: number;
  readonly headBytes: number;
  readonly objectType: number;
  readonly rateIndex: number;
  readonly channels: number;
}

/** Whether two frames of AAC follow each other, each behind its own header (ISO/IEC 14496-3, 1.A.2.2). */
export function isAdts(bytes: Uint8Array): boolean {
  const first = readHeader(bytes);
  return first !== undefined && readHeader(bytes.subarray(first.bytes)) !== undefined;
}

/** @throws UserError where no frame is, or one is cut off */
export async function readAdts(file: AudioFile): Promise<AudioTrack> {
  const first = readHeader(await file.reader.peek(headerBytes));
  const sampleRateHz = ratesHz[first?.rateIndex ?? -1];
  if (first === undefined || sampleRateHz === undefined) {
    throw new UserError(`${file.name}: expected an AAC frame, got other data`);
  }
  const { objectType, rateIndex, channels } = first;
  const config = Uint8Array.of(
    (objectType << 3) | (rateIndex >> 1),
    ((rateIndex & 1) << 7) | (channels << 3),
  );
  return {
    codec: { name: "AAC", config },
    sampleRateHz,
    channels: Math.max(1, channels),
    packets: readFrames(file),
  };
}

async function* readFrames(file: AudioFile): AsyncGenerator<AudioPackets, void, undefined> {
  const { reader, name, onNote } = file;
  for (;;) {
    const bytes = await reader.peek(maxFrameBytes);
    const header = readHeader(bytes);
    if (header === undefined) {
      const start = reader.position;
      const found = isAfterSound(bytes) ? await skipTagsAfter(file) : "damage";
      if (found === "end") return;
      if (found === "more") {
        onNote(`${name}: skipped the tags behind an AAC frame, at byte ${start}`);
        continue;
      }
      throw new UserError(
        `${name}: expected an AAC frame at byte ${start}, got other data: the file is damaged`,
      );
    }
    if (header.bytes > bytes.length) {
      onNote(`${name}: skipped the last AAC frame, at byte ${reader.position}, which is cut off`);
      return;
    }
    const frame = await reader.take(header.bytes);
    yield { packets: [frame.subarray(header.headBytes)] };
  }
}

function readHeader(bytes: Uint8Array): AdtsHeader | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = viewData(bytes);
  const high = view.getUint32(0);
  const low = view.getUint32(3);
  const length = (low >>> 13) & 0x1fff;
  const headBytes = (high & 0x1_0000) === 0 ? 9 : 7; // with a checksum, or without
  const rateIndex = (high >>> 10) & 15;
  const isSync = high >>> 20 === 0xfff && (high & 0x6_0000) === 0;
  if (!isSync || length <= headBytes || rateIndex >= ratesHz.length) return undefined;
  return {
    bytes: length,
    headBytes,
    objectType: ((high >>> 14) & 3) + 1,
    rateIndex,
    channels: (high >>> 6) & 7,
  };
}
