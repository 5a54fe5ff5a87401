import { viewData } from "./audio-track.ts";

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

export interface Mp3FrameHeader {
  /** Of the whole frame. */
  readonly bytes: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly layer: number;
}

/** @returns undefined where no MPEG frame of a known size begins */
export function readMp3FrameHeader(bytes: Uint8Array, offset: number): Mp3FrameHeader | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const word = viewData(bytes).getUint32(offset);
  const version = (word >>> 19) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const layer = 4 - ((word >>> 17) & 3);
  const rate = ratesHz[(word >>> 10) & 3];
  const isVersion1 = version === 3;
  const table = isVersion1 ? bitrates.version1 : bitrates.version2;
  const kilobits = [table.layer1, table.layer2, table.layer3][layer - 1]?.[(word >>> 12) & 15];
  const isSync = word >>> 21 === 0x7ff;
  if (!isSync || version === 1 || rate === undefined || kilobits === undefined || kilobits === 0) {
    return undefined;
  }
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
