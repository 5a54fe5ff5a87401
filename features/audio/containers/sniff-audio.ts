import { loadOnce } from "../../../common/load-once.ts";
import { UserError } from "../../../common/user-error.ts";
import { isAdts, readAdts } from "./adts.ts";
import { type AudioFile, type AudioTrack, holdsText } from "./audio-track.ts";
import { findMp3Start, mp3SearchBytes, readMp3 } from "./mp3.ts";
import { skipTagsBefore } from "./tags.ts";
import { isWav, readWav } from "./wav.ts";

const sniffedBytes = 512;

/** Readers that load when a file needs them. */
const readers = {
  aiff: loadOnce(() => import("./aiff.ts")),
  caf: loadOnce(() => import("./caf.ts")),
  flac: loadOnce(() => import("./flac.ts")),
  matroska: loadOnce(() => import("./matroska/matroska.ts")),
  mp4: loadOnce(() => import("./mp4/mp4.ts")),
  ogg: loadOnce(() => import("./ogg/ogg.ts")),
  sunAudio: loadOnce(() => import("./sun-audio.ts")),
};

/** Formats whose first bytes name them, with one sound each. */
const formats: readonly Format[] = [
  { isFormat: isWav, read: readWav },
  {
    isFormat: (head) =>
      holdsText(head, 0, "FORM") && (holdsText(head, 8, "AIFF") || holdsText(head, 8, "AIFC")),
    read: async (file) => (await readers.aiff()).readAiff(file),
  },
  {
    isFormat: (head) => holdsText(head, 0, "caff"),
    read: async (file) => (await readers.caf()).readCaf(file),
  },
  {
    isFormat: (head) => holdsText(head, 0, ".snd"),
    read: async (file) => (await readers.sunAudio()).readSunAudio(file),
  },
  {
    isFormat: (head) => holdsText(head, 0, "\x1a\x45\xdf\xa3"),
    read: async (file) => (await readers.matroska()).readMatroska(file),
  },
  {
    isFormat: (head) => ["ftyp", "moov", "mdat", "wide"].some((type) => holdsText(head, 4, type)),
    read: async (file) => (await readers.mp4()).readMp4(file),
  },
];

interface Format {
  readonly isFormat: (head: Uint8Array) => boolean;
  readonly read: (file: AudioFile) => Promise<AudioTrack>;
}

/** Other things that people give to a decoder, so that the message can name them. */
const strangers = [
  { what: "AMR audio", offset: 0, text: "#!AMR" },
  { what: "Windows Media audio", offset: 0, text: "\x30\x26\xb2\x75\x8e\x66\xcf\x11" },
  { what: "Monkey's Audio", offset: 0, text: "MAC " },
  { what: "WavPack audio", offset: 0, text: "wvpk" },
  { what: "Musepack audio", offset: 0, text: "MPCK" },
  { what: "Musepack audio", offset: 0, text: "MP+" },
  { what: "True Audio", offset: 0, text: "TTA1" },
  { what: "TAK audio", offset: 0, text: "tBaK" },
  { what: "RealAudio", offset: 0, text: ".ra\xfd" },
  { what: "RealAudio", offset: 0, text: ".RMF" },
  { what: "a Creative Voice file", offset: 0, text: "Creative Voice File" },
  { what: "NIST SPHERE audio", offset: 0, text: "NIST_1A" },
  { what: "DSD audio", offset: 0, text: "DSD " },
  { what: "DSD audio", offset: 0, text: "FRM8" },
  { what: "a MIDI file, which holds notes and no sound", offset: 0, text: "MThd" },
  { what: "AC-3 audio", offset: 0, text: "\x0b\x77" },
  { what: "DTS audio", offset: 0, text: "\x7f\xfe\x80\x01" },
  { what: "an AVI video", offset: 8, text: "AVI " },
  { what: "a Flash video", offset: 0, text: "FLV" },
  { what: "a ZIP archive", offset: 0, text: "PK\x03\x04" },
  { what: "a gzip archive", offset: 0, text: "\x1f\x8b" },
  { what: "a PNG picture", offset: 0, text: "\x89PNG" },
  { what: "a JPEG picture", offset: 0, text: "\xff\xd8\xff" },
  { what: "a PDF document", offset: 0, text: "%PDF" },
  { what: "a web page", offset: 0, text: "<!DOCTYPE" },
  { what: "a web page", offset: 0, text: "<html" },
  { what: "a Git LFS pointer instead of the file", offset: 0, text: "version https://git-lfs" },
];

/**
 * The sounds in a file, one after another; of most there is one. The format is found by the first bytes, whatever the
 * file's name says. @throws UserError for what is no sound that is read
 */
export async function* readTracks(file: AudioFile): AsyncGenerator<AudioTrack, void, undefined> {
  const { reader, name, onNote } = file;
  const head = await reader.peek(sniffedBytes);
  if (head.length === 0) throw new UserError(`${name}: expected audio, got an empty file`);
  const format = formats.find(({ isFormat }) => isFormat(head));
  if (format !== undefined) {
    yield await format.read(file);
  } else if (holdsText(head, 0, "OggS")) {
    yield* (await readers.ogg()).readOgg(file);
  } else {
    const stranger = strangers.find(({ offset, text }) => holdsText(head, offset, text));
    if (stranger !== undefined) throw createFormatError(name, stranger.what);
    if ((await skipTagsBefore(file)) > 0) {
      onNote(`${name}: skipped ${reader.position} bytes of tags or zeros before the sound`);
    }
    yield await readPlain(file, describeBytes(head));
  }
}

/** Formats that tags may stand before. */
async function readPlain(file: AudioFile, description: string): Promise<AudioTrack> {
  const { reader, name, onNote } = file;
  const head = await reader.peek(2 * mp3SearchBytes);
  if (holdsText(head, 0, "fLaC")) return (await readers.flac()).readFlac(file);
  if (isAdts(head)) return readAdts(file);
  const start = findMp3Start(head);
  if (start === undefined) throw createFormatError(name, description);
  if (start > 0) {
    onNote(`${name}: skipped ${start} bytes before the first MPEG frame`);
    await reader.skip(start);
  }
  return readMp3(file);
}

function createFormatError(name: string, got: string): UserError {
  return new UserError(
    `${name}: expected WAV, MP3, FLAC, Ogg, Opus, M4A, WebM, AIFF or CAF audio, got ${got}`,
  );
}

function describeBytes(head: Uint8Array): string {
  const isText = head.every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13));
  const kind = isText ? "text" : "unknown data";
  return head.length < sniffedBytes ? `${head.length} bytes of ${kind}` : kind;
}
