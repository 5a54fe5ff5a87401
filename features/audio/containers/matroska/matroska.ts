import { UserError } from "../../../../common/user-error.ts";
import { type AudioFile, type AudioPackets, type AudioTrack, viewData } from "../audio-track.ts";
import { type EbmlHead, maxEbmlHeadBytes, readElements, readEbmlHead, readInt, readVint } from "./ebml.ts";
import { cutLaces } from "./matroska-lacing.ts";
import { describeMatroskaTrack, type MatroskaSound, readMatroskaTracks } from "./matroska-tracks.ts";

/** Names of elements (RFC 9559, 5). */
const ids = {
  segment: 0x1853_8067,
  tracks: 0x1654_ae6b,
  cluster: 0x1f43_b675,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
  discardPadding: 0x75a2,
};
/** No packet of sound, and no list of tracks, is larger. */
const maxBodyBytes = 2 ** 24;
const nanosecondsPerSecond = 1e9;

/**
 * Reads the first sound of a WebM or Matroska file (RFC 9559): Opus, Vorbis, FLAC, MP3, AAC, ALAC or PCM. Pictures and
 * other sounds are stepped over. A recorder that was stopped leaves sizes unknown, and the sound whole.
 * @throws UserError
 */
export async function readMatroska(file: AudioFile): Promise<AudioTrack> {
  const segmentEnd = await findSegment(file);
  for (;;) {
    const head = await takeHead(file, segmentEnd);
    if (head === undefined || head.id === ids.cluster) {
      throw new UserError(`${file.name}: expected a list of tracks in the WebM or Matroska file, got none`);
    }
    if (head.id !== ids.tracks) {
      await skipBody(file, head);
      continue;
    }
    const [sound] = readMatroskaTracks(await takeBody(file, head));
    if (sound === undefined) {
      throw new UserError(`${file.name}: expected sound in the WebM or Matroska file, got none`);
    }
    return describeMatroskaTrack(sound, readPackets(file, sound, segmentEnd), file.name);
  }
}

/** @returns where the segment ends in the file, Infinity when that is not known */
async function findSegment(file: AudioFile): Promise<number> {
  for (;;) {
    const head = await takeHead(file, Infinity);
    if (head === undefined) {
      throw new UserError(`${file.name}: expected a WebM or Matroska segment, got none: the file is cut off`);
    }
    if (head.id === ids.segment) return file.reader.position + (head.size ?? Infinity);
    await skipBody(file, head);
  }
}

/** @returns undefined at the end of the file @throws UserError where the file is cut off or damaged */
async function takeHead({ reader, name }: AudioFile, end: number): Promise<EbmlHead | undefined> {
  const bytes = await reader.peek(maxEbmlHeadBytes);
  if (bytes.length === 0 || reader.position >= end) {
    if (Number.isFinite(end) && reader.position < end) {
      throw new UserError(
        `${name}: expected a WebM or Matroska file of at least ${end} bytes, got ${reader.position}: the file is cut off`,
      );
    }
    return undefined;
  }
  const head = readEbmlHead(bytes);
  if (head === undefined) {
    const problem = bytes.length < maxEbmlHeadBytes ? "cut off" : "damaged";
    throw new UserError(
      `${name}: expected a WebM or Matroska element at byte ${reader.position}, got other data: the file is ${problem}`,
    );
  }
  const start = reader.position;
  await reader.skip(head.headBytes);
  if (reader.position + (head.size ?? 0) > end)
    throw new UserError(
      `${name}: expected a WebM or Matroska element that ends by byte ${end}, got one at byte ${start} that ends at ` +
        `byte ${reader.position + (head.size ?? 0)}: the file is damaged`,
    );
  return head;
}

async function skipBody({ reader, name }: AudioFile, { size = 0 }: EbmlHead): Promise<void> {
  const start = reader.position;
  const skipped = await reader.skip(size);
  if (skipped < size)
    throw new UserError(
      `${name}: expected ${size} bytes at byte ${start}, got ${skipped}: the file is cut off`,
    );
}

async function takeBody({ reader, name }: AudioFile, { size = 0 }: EbmlHead): Promise<Uint8Array> {
  const start = reader.position;
  if (size > maxBodyBytes) {
    throw new UserError(`${name}: expected at most ${maxBodyBytes} bytes at byte ${start}, got ${size}`);
  }
  const body = await reader.take(size);
  if (body.length < size) {
    throw new UserError(
      `${name}: expected ${size} bytes at byte ${start}, got ${body.length}: the file is cut off`,
    );
  }
  return body;
}

/** Clusters are entered, not read as a whole: their size may be unknown. */
async function* readPackets(
  file: AudioFile,
  sound: MatroskaSound,
  segmentEnd: number,
): AsyncGenerator<AudioPackets, void, undefined> {
  let parentEnd = segmentEnd;
  for (;;) {
    if (file.reader.position >= parentEnd) parentEnd = segmentEnd;
    const head = await takeHead(file, parentEnd);
    if (head === undefined) return;
    if (head.id === ids.cluster) {
      if (head.size !== undefined) parentEnd = file.reader.position + head.size;
    } else if (head.id === ids.simpleBlock) {
      yield* cutBlock(await takeBody(file, head), sound, 0);
    } else if (head.id === ids.blockGroup) {
      yield* cutGroup(await takeBody(file, head), sound);
    } else {
      await skipBody(file, head);
    }
  }
}

function* cutGroup(body: Uint8Array, sound: MatroskaSound): Generator<AudioPackets> {
  const elements = [...readElements(body)];
  const padding = elements.find(({ id }) => id === ids.discardPadding);
  const seconds = padding === undefined ? 0 : readInt(padding.body) / nanosecondsPerSecond;
  const paddingSamples = Math.max(0, Math.round(seconds * sound.sampleRateHz));
  for (const { id, body: block } of elements) {
    if (id === ids.block) yield* cutBlock(block, sound, paddingSamples);
  }
}

/** A block's packets (RFC 9559, 10): the padding is in the last. */
function* cutBlock(
  block: Uint8Array,
  { number, strippedHeader }: MatroskaSound,
  paddingSamples: number,
): Generator<AudioPackets> {
  const track = readVint(block);
  if (track?.value !== number || block.length < track.bytes + 3) return;
  const flags = viewData(block).getUint8(track.bytes + 2);
  const laces = cutLaces(block.subarray(track.bytes + 3), (flags >> 1) & 3);
  const packets = laces.map((lace) =>
    strippedHeader.length === 0 ? lace : Uint8Array.of(...strippedHeader, ...lace),
  );
  yield paddingSamples > 0 ? { packets, paddingSamples } : { packets };
}
