import { UserError } from "../../../common/user-error.ts";
import { type AudioFile, type AudioTrack, holdsText, viewData } from "./audio-track.ts";
import { readSound } from "./read-sound.ts";
import { readWavFormat, type WavFormat } from "./wav-format.ts";

/** The sizes of a data chunk that writers leave who could not go back to its start: pipes, recorders killed. */
const minUnknownSize = 0x7fff_0000;
/** A chunk before the sound, such as a picture, and what a writer put into `ds64`. */
const maxHeaderBytes = 2 ** 24;
/** What may follow a data chunk that is truly empty. */
const otherChunks = ["LIST", "INFO", "fact", "cue ", "smpl", "bext", "iXML", "id3 ", "JUNK", "PAD ", "_PMX"];
/** Wave64 names chunks by GUIDs, which begin with RIFF's names; sizes are 64-bit and count the 24 bytes of the head. */
const wave64 = { riff: "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00", headBytes: 24, align: 8 };
const riff = { headBytes: 8, align: 2 };

export function isWav(bytes: Uint8Array): boolean {
  return (
    (["RIFF", "RF64", "BW64"].some((id) => holdsText(bytes, 0, id)) && holdsText(bytes, 8, "WAVE")) ||
    holdsText(bytes, 0, wave64.riff)
  );
}

interface Chunk {
  readonly id: string;
  readonly size: number;
}

/**
 * Reads WAV (Multimedia Programming Interface 1.0, 1991), RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088) and Sony's
 * Wave64: the chunks up to the sound, then the sound itself.
 * @throws UserError for a cut, empty or contradictory file
 */
export async function readWav(file: AudioFile): Promise<AudioTrack> {
  const { reader, name } = file;
  const isWave64 = holdsText(await reader.peek(4), 0, "riff");
  const layout = isWave64 ? wave64 : riff;
  await reader.skip(isWave64 ? 40 : 12);
  let format: WavFormat | undefined;
  let longSize: number | undefined; // of the data chunk, from ds64
  for (;;) {
    const chunk = await readChunkHead(file, isWave64);
    if (chunk === undefined) {
      const missing = format === undefined ? "format" : "data";
      throw new UserError(
        `${name}: expected a WAV file with a format and a data chunk, got no ${missing} chunk`,
      );
    }
    if (chunk.id === "data") {
      if (format === undefined) {
        throw new UserError(`${name}: expected a WAV file with its format before its sound, got none`);
      }
      return describeWav(file, format, longSize ?? chunk.size);
    }
    const body = await readChunkBody(file, chunk, layout.align);
    if (chunk.id === "fmt ") format = readWavFormat(body, name);
    if (chunk.id === "ds64" && body.length >= 16) longSize = readUint64(body, 8);
  }
}

async function readChunkHead({ reader }: AudioFile, isWave64: boolean): Promise<Chunk | undefined> {
  const headBytes = isWave64 ? wave64.headBytes : riff.headBytes;
  const head = await reader.take(headBytes);
  if (head.length < headBytes) return undefined;
  const id = String.fromCharCode(...head.subarray(0, 4));
  const size = isWave64 ? readUint64(head, 16) - headBytes : viewData(head).getUint32(4, true);
  return { id, size: Math.max(0, size) };
}

/** The body of a format or ds64 chunk; others are skipped. */
async function readChunkBody({ reader }: AudioFile, { id, size }: Chunk, align: number): Promise<Uint8Array> {
  const padding = (align - (size % align)) % align; // chunks start at even offsets, Wave64's at multiples of 8
  if ((id === "fmt " || id === "ds64") && size <= maxHeaderBytes) {
    const body = await reader.take(size);
    await reader.skip(padding);
    return body;
  }
  await reader.skip(size + padding);
  return new Uint8Array(0);
}

async function describeWav(file: AudioFile, format: WavFormat, size: number): Promise<AudioTrack> {
  const isUnknown =
    size >= minUnknownSize && size < 2 ** 32 ? true : size === 0 && (await holdsMoreSound(file));
  const { codec, sampleRateHz, channels, blockBytes, blockSamples } = format;
  const track = { codec, sampleRateHz, channels };
  if (isUnknown) return { ...track, packets: readSound(file, Infinity, blockBytes) };
  const blocks = Math.floor(size / blockBytes);
  return {
    ...track,
    samples: blocks * blockSamples,
    packets: readSound(file, blocks * blockBytes, blockBytes, size),
  };
}

/** Whether sound follows a data chunk of size 0, rather than another chunk or nothing. */
async function holdsMoreSound({ reader }: AudioFile): Promise<boolean> {
  const next = await reader.peek(4);
  return next.length > 0 && !otherChunks.some((id) => holdsText(next, 0, id));
}

function readUint64(bytes: Uint8Array, offset: number): number {
  const view = viewData(bytes);
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}
