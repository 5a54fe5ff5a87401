import { UserError } from "../../../common/user-error.ts";
import { type AudioContainer, holdsText } from "./audio-container.ts";
import { isFlac, readFlac } from "./flac.ts";
import { isMp3, readMp3 } from "./mp3.ts";
import { isOgg, readOgg } from "./ogg.ts";
import { isWav, readWav } from "./wav.ts";

/** Other things that people give to a decoder, so that the message can name them. */
const strangers = [
  { what: "AIFF audio", offset: 0, text: "FORM" },
  { what: "MP4 or AAC audio", offset: 4, text: "ftyp" },
  { what: "a ZIP archive", offset: 0, text: "PK\x03\x04" },
  { what: "a PNG picture", offset: 0, text: "\x89PNG" },
  { what: "a WebM or Matroska file", offset: 0, text: "\x1a\x45\xdf\xa3" },
  { what: "a Git LFS pointer instead of the file", offset: 0, text: "version https://git-lfs" },
];

/** Finds the format by the first bytes, whatever the file's name says. @throws UserError */
export function readContainer(bytes: Uint8Array, name: string): AudioContainer {
  if (bytes.length === 0) throw new UserError(`${name}: expected audio, got an empty file`);
  const sound = bytes.subarray(measureId3(bytes));
  if (isWav(bytes)) return readWav(bytes, name);
  if (isOgg(bytes)) return readOgg(bytes, name);
  if (isFlac(sound)) return readFlac(sound, name);
  if (isMp3(sound)) return readMp3(sound, name);
  throw new UserError(`${name}: expected WAV, MP3, FLAC, Ogg or Opus audio, got ${describeBytes(bytes)}`);
}

/** Bytes of an ID3v2 tag at the start (id3.org, 2.4 structure 3.1), 0 without one. */
function measureId3(bytes: Uint8Array): number {
  if (!holdsText(bytes, 0, "ID3") || bytes.length < 10) return 0;
  const size = bytes.subarray(6, 10).reduce((total, byte) => total * 128 + (byte & 0x7f), 0);
  const hasFooter = ((bytes[5] ?? 0) & 0x10) !== 0;
  return 10 + size + (hasFooter ? 10 : 0);
}

function describeBytes(bytes: Uint8Array): string {
  const stranger = strangers.find(({ offset, text }) => holdsText(bytes, offset, text));
  if (stranger !== undefined) return stranger.what;
  const isText = bytes.subarray(0, 512).every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13));
  return `${bytes.length} bytes of ${isText ? "text" : "unknown data"}`;
}
