import { UserError } from "../../../common/user-error.ts";
import { type AudioContainer, holdsText, viewData } from "./audio-container.ts";

const streamInfoBytes = 34;

export function isFlac(bytes: Uint8Array): boolean {
  return holdsText(bytes, 0, "fLaC");
}

/** Reads STREAMINFO, the first metadata block (RFC 9639, 8.2). @throws UserError */
export function readFlac(bytes: Uint8Array, name: string): AudioContainer {
  const view = viewData(bytes);
  if (bytes.length < 8 + streamInfoBytes) {
    throw new UserError(
      `${name}: expected a FLAC header of 42 bytes, got ${bytes.length}: the file is cut off`,
    );
  }
  if ((view.getUint8(4) & 0x7f) !== 0) {
    throw new UserError(`${name}: expected STREAMINFO first in a FLAC file, got another block`);
  }
  const packed = view.getUint32(18); // 20 bits rate, 3 bits channels - 1, 5 bits depth - 1, 4 bits of the count
  const bitsPerSample = ((packed >>> 4) & 31) + 1;
  const samples = (packed & 15) * 2 ** 32 + view.getUint32(22);
  const digest = bytes.slice(26, 42);
  return {
    codec: "flac",
    sampleRateHz: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    ...(samples > 0 ? { samples } : {}), // 0: unknown
    ...(digest.some((byte) => byte !== 0) ? { md5: { digest, bitsPerSample } } : {}), // all 0: not computed
    payload: bytes,
  };
}
