import { UserError } from "../../../common/user-error.ts";
import { type AudioFile, type AudioTrack, viewData } from "./audio-track.ts";
import { readFlacFrames } from "./flac-frames.ts";

const streamInfoBytes = 34;
const blockHeadBytes = 4;

/** Reads STREAMINFO, the first metadata block (RFC 9639, 8.2), and steps over the others. @throws UserError */
export async function readFlac(file: AudioFile): Promise<AudioTrack> {
  const { reader, name } = file;
  await reader.skip(4);
  const head = await reader.take(blockHeadBytes + streamInfoBytes);
  if (head.length < blockHeadBytes + streamInfoBytes) {
    throw new UserError(
      `${name}: expected a FLAC header of 42 bytes, got ${4 + head.length}: the file is cut off`,
    );
  }
  if ((viewData(head).getUint8(0) & 0x7f) !== 0) {
    throw new UserError(`${name}: expected STREAMINFO first in a FLAC file, got another block`);
  }
  const info = readStreamInfo(head.subarray(blockHeadBytes));
  let isLast = viewData(head).getUint8(0) >= 0x80;
  while (!isLast) {
    const block = await reader.take(blockHeadBytes);
    if (block.length < blockHeadBytes) {
      throw new UserError(`${name}: expected sound after the FLAC metadata, got none: the file is cut off`);
    }
    const packed = viewData(block).getUint32(0);
    isLast = packed >= 2 ** 31;
    await reader.skip(packed & 0xff_ffff);
  }
  return { ...info, packets: readFlacFrames(file, info) };
}

/** @param info the 34 bytes of a STREAMINFO block */
export function readStreamInfo(info: Uint8Array) {
  const view = viewData(info);
  const packed = view.getUint32(10); // 20 bits rate, 3 bits channels - 1, 5 bits depth - 1, 4 bits of the count
  const bitsPerSample = ((packed >>> 4) & 31) + 1;
  const samples = (packed & 15) * 2 ** 32 + view.getUint32(14);
  const digest = info.slice(18, 34);
  return {
    codec: { name: "FLAC", streamInfo: info } as const,
    sampleRateHz: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    ...(samples > 0 ? { samples } : {}), // 0: unknown
    ...(digest.some((byte) => byte !== 0) ? { md5: { digest, bitsPerSample } } : {}), // all 0: not computed
  };
}
