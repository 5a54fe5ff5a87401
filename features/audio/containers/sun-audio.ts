import { UserError } from "../../../common/user-error.ts";
import type { PcmEncoding } from "../codecs/pcm.ts";
import { type AudioFile, type AudioTrack, viewData } from "./audio-track.ts";
import { createPcmTrack } from "./read-sound.ts";

const headerBytes = 24;
const unknownSize = 0xffff_ffff;
/** Encodings by their number. */
const encodings = new Map<number, PcmEncoding["sample"]>([
  [1, "mu-law"],
  [2, "s8"],
  [3, "s16"],
  [4, "s24"],
  [5, "s32"],
  [6, "f32"],
  [7, "f64"],
  [27, "a-law"],
]);

/** Reads .au and .snd (Sun, audio.h): a header of 32-bit numbers, big-endian as the samples. @throws UserError */
export async function readSunAudio(file: AudioFile): Promise<AudioTrack> {
  const { reader, name } = file;
  const header = await reader.take(headerBytes);
  if (header.length < headerBytes) {
    throw new UserError(`${name}: expected a Sun audio header of 24 bytes, got ${header.length}`);
  }
  const view = viewData(header);
  const sample = encodings.get(view.getUint32(12));
  if (sample === undefined) {
    throw new UserError(
      `${name}: expected PCM, float, A-law or mu-law samples in a Sun audio file, got encoding ${view.getUint32(12)}`,
    );
  }
  await reader.skip(Math.max(0, view.getUint32(4) - headerBytes));
  const size = view.getUint32(8);
  const encoding = {
    sample,
    isLittleEndian: false,
    sampleRateHz: view.getUint32(16),
    channels: view.getUint32(20),
  };
  return createPcmTrack(file, encoding, size === unknownSize ? Infinity : size);
}
