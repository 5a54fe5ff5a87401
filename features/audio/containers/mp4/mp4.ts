import { UserError } from "../../../../common/user-error.ts";
import { type AudioFile, type AudioPackets, type AudioTrack } from "../audio-track.ts";
import { findBox, maxBoxHeadBytes, readBoxes, readBoxHead } from "./mp4-boxes.ts";
import { listSamples, type Mp4Sample, readFragmentDefaults, readFragmentSamples } from "./mp4-samples.ts";
import { readMp4Sound } from "./mp4-track.ts";

/** Sound of hours takes a few megabytes of tables. */
const maxMovieBytes = 2 ** 28;

/**
 * Reads the first sound of an MP4, M4A, 3GP or QuickTime file (ISO/IEC 14496-12), whole or in fragments: AAC, ALAC,
 * Opus, FLAC, MP3 or PCM. Where the tables stand behind the sound, as phones write them, the file up to them is kept.
 * @throws UserError
 */
export async function readMp4(file: AudioFile): Promise<AudioTrack> {
  const start = file.reader.position;
  const moov = await findMovie(file);
  const sound = readMp4Sound(moov, file.name);
  const samples = listSamples(sound);
  const isFragmented = samples.length === 0 && findBox(moov, "mvex") !== undefined;
  const { codec, sampleRateHz, channels, skippedSamples, samples: soundSamples } = sound;
  const packets = isFragmented
    ? readFragments(file, sound.trackId, moov, start)
    : readSamples(file, samples, start);
  // The tables of fragments are for a live stream, whose length nobody knew.
  const limit = isFragmented ? undefined : soundSamples;
  return {
    codec,
    sampleRateHz,
    channels,
    skippedSamples,
    ...(limit === undefined ? {} : { maxSamples: limit }),
    packets,
  };
}

/** Looks ahead for the `moov` box, without taking what stands before it. */
async function findMovie({ reader, name }: AudioFile): Promise<Uint8Array> {
  for (let offset = 0; ;) {
    const head = readBoxHead((await reader.peek(offset + maxBoxHeadBytes)).subarray(offset));
    if (head === undefined || head.size === Infinity) {
      throw new UserError(
        `${name}: expected the tables of an MP4 file (moov), got none: the file is cut off, or its recorder was stopped`,
      );
    }
    const body = offset + head.headBytes;
    if (head.type !== "moov") {
      offset = body + head.size;
      continue;
    }
    if (head.size > maxMovieBytes) {
      throw new UserError(`${name}: expected MP4 tables of at most ${maxMovieBytes} bytes, got ${head.size}`);
    }
    const movie = (await reader.peek(body + head.size)).subarray(body);
    if (movie.length < head.size) {
      throw new UserError(
        `${name}: expected MP4 tables of ${head.size} bytes, got ${movie.length}: the file is cut off`,
      );
    }
    return movie;
  }
}

/** @param samples in the file's order @param start where the file begins */
async function* readSamples(
  { reader, name }: AudioFile,
  samples: readonly Mp4Sample[],
  start: number,
): AsyncGenerator<AudioPackets, void, undefined> {
  for (const { offset, size } of samples) {
    const gap = start + offset - reader.position;
    if (gap < 0)
      throw new UserError(`${name}: expected the sound of an MP4 file in its order, got a step back`);
    await reader.skip(gap);
    const bytes = await reader.take(size);
    if (bytes.length < size) {
      throw new UserError(
        `${name}: expected ${size} bytes of sound at byte ${start + offset}, got ${bytes.length}: the file is cut off`,
      );
    }
    yield { packets: [bytes] };
  }
}

/** Each `moof` box lists the samples of the `mdat` box behind it (ISO/IEC 14496-12, 8.8). */
async function* readFragments(
  file: AudioFile,
  trackId: number,
  moov: Uint8Array,
  start: number,
): AsyncGenerator<AudioPackets, void, undefined> {
  const { reader, name } = file;
  const defaults = readFragmentDefaults(moov, trackId);
  for (;;) {
    const boxStart = reader.position;
    const bytes = await reader.peek(maxBoxHeadBytes);
    if (bytes.length === 0) return;
    const head = readBoxHead(bytes);
    if (head === undefined) {
      throw new UserError(
        `${name}: expected an MP4 box at byte ${boxStart}, got other data: the file is damaged`,
      );
    }
    if (head.type !== "moof" || head.size > maxMovieBytes) {
      await reader.skip(head.headBytes + head.size);
      continue;
    }
    const moof = (await reader.peek(head.headBytes + head.size)).subarray(head.headBytes);
    if (moof.length < head.size) {
      throw new UserError(`${name}: expected a whole MP4 fragment at byte ${boxStart}: the file is cut off`);
    }
    for (const { type, body } of readBoxes(moof)) {
      if (type !== "traf") continue;
      yield* readSamples(file, readFragmentSamples(body, trackId, defaults, boxStart - start), start);
    }
    const next = boxStart + head.headBytes + head.size;
    if (reader.position < next) await reader.skip(next - reader.position);
  }
}
