import { UserError } from "../../../../common/user-error.ts";
import { type AudioFile, type AudioPacket, type AudioTrack, holdsText, viewData } from "../audio-track.ts";
import { joinBytes } from "../byte-reader.ts";
import { readStreamInfo } from "../flac.ts";
import { cutSegments, type OggPage, readOggPages } from "./ogg-pages.ts";

const opusRateHz = 48_000; // every Opus stream decodes at this rate (RFC 7845, 5.1)
/** Ogg FLAC puts 9 bytes and "fLaC" before STREAMINFO's head (Ogg FLAC mapping 1.0). */
const flacInfoStart = 17;
/** First bytes of streams that are not read. */
const otherStreams = [
  { text: "Speex   ", name: "Speex" },
  { text: "\x80theora", name: "Theora video" },
  { text: "BBCD", name: "Dirac video" },
  { text: "\x80kate", name: "subtitles" },
  { text: "PCM     ", name: "PCM" },
];

/**
 * The sounds of an Ogg file (RFC 3533). Streams may follow one another (chained), as when files were joined. What lies
 * beside a sound, as an index or a picture, is stepped over; two sounds side by side are refused. A last page without
 * its mark is taken as the end: recorders that are stopped write none, and what stands before it is whole.
 * @throws UserError
 */
export async function* readOgg(file: AudioFile): AsyncGenerator<AudioTrack, void, undefined> {
  const pages = new PageQueue(file);
  while ((await pages.peek()) !== undefined) {
    const sound = await findSound(pages, file.name);
    const packets = readPackets(pages, sound, file.name);
    await packets.next(); // the first, which `sound` is
    const track = await describeTrack(sound.body, packets, file.name);
    yield track; // whose packets end where the next stream begins
  }
}

/** The pages with one seen ahead. */
class PageQueue {
  readonly #pages: AsyncGenerator<OggPage, void, undefined>;
  #next: OggPage | undefined;

  constructor(file: AudioFile) {
    this.#pages = readOggPages(file);
  }

  async peek(): Promise<OggPage | undefined> {
    this.#next ??= await this.take();
    return this.#next;
  }

  async take(): Promise<OggPage | undefined> {
    const page = this.#next;
    this.#next = undefined;
    if (page !== undefined) return page;
    const { value, done } = await this.#pages.next();
    return done === true ? undefined : value;
  }
}

/** Takes the first pages of all streams that begin together. @returns the one with sound */
async function findSound(pages: PageQueue, name: string): Promise<OggPage> {
  const firsts: OggPage[] = [];
  while ((await pages.peek())?.isFirst === true) {
    const page = await pages.take();
    if (page !== undefined) firsts.push(page);
  }
  const [sound, second] = firsts.filter(({ body }) => findCodec(body) !== undefined);
  if (second !== undefined) {
    throw new UserError(`${name}: expected one Ogg stream at a time, got another at byte ${second.position}`);
  }
  if (sound !== undefined) return sound;
  const known = otherStreams.find(({ text }) => firsts.some(({ body }) => holdsText(body, 0, text)));
  throw new UserError(
    `${name}: expected Vorbis, Opus or FLAC in the Ogg file, got ${known?.name ?? "another codec"}`,
  );
}

/** Identification headers: Vorbis I 4.2.2, RFC 7845 5.1, Ogg FLAC mapping 1.0. */
function findCodec(body: Uint8Array): "Vorbis" | "Opus" | "FLAC" | undefined {
  if (holdsText(body, 0, "\x01vorbis") && body.length >= 30) return "Vorbis";
  if (holdsText(body, 0, "OpusHead") && body.length >= 19) return "Opus";
  return holdsText(body, 0, "\x7fFLAC") && body.length >= 51 ? "FLAC" : undefined;
}

/** The packets of a stream that begins with `first`, up to the next stream. @throws UserError when a page is missing */
async function* readPackets(
  pages: PageQueue,
  first: OggPage,
  name: string,
): AsyncGenerator<AudioPacket, void, undefined> {
  let expectedNumber = first.number;
  let held: Uint8Array[] = [];
  for (let page: OggPage | undefined = first; page !== undefined; page = await takeOfStream(pages, first)) {
    if (page.number !== expectedNumber) {
      throw new UserError(
        `${name}: expected Ogg page ${expectedNumber}, got page ${page.number}: a part is missing`,
      );
    }
    expectedNumber++;
    if (!page.isContinued) held = [];
    let isStray = page.isContinued && held.length === 0; // the rest of a packet that has no beginning
    const parts = [...cutSegments(page)];
    const lastWhole = parts.findLastIndex(({ isWhole }) => isWhole);
    for (const [index, { bytes, isWhole }] of parts.entries()) {
      if (!isStray) held.push(bytes);
      isStray &&= !isWhole;
      if (!isWhole || held.length === 0) continue;
      const packet = { bytes: joinBytes(held) };
      held = [];
      const isLastOfPage = index === lastWhole;
      const { granule, isLast } = page;
      if (granule !== undefined && isLast) yield { ...packet, lastCount: granule };
      else yield granule !== undefined && isLastOfPage ? { ...packet, endCount: granule } : packet;
    }
  }
}

/** The stream's next page; undefined where it ends: at the end of the file, or where other streams begin. */
async function takeOfStream(pages: PageQueue, { serial }: OggPage): Promise<OggPage | undefined> {
  for (;;) {
    const next = await pages.peek();
    if (next === undefined || next.isFirst) return undefined;
    const page = await pages.take();
    if (page?.serial === serial) return page;
  }
}

/** @param packets those after the first */
async function describeTrack(
  head: Uint8Array,
  packets: AsyncGenerator<AudioPacket, void, undefined>,
  name: string,
): Promise<AudioTrack> {
  const view = viewData(head);
  switch (findCodec(head)) {
    case "Opus": {
      await takeHeader(packets, name); // the tags, which may hold a picture and fill many pages
      return {
        codec: { name: "Opus", head },
        channels: view.getUint8(9),
        sampleRateHz: opusRateHz,
        skippedSamples: view.getUint16(10, true),
        packets,
      };
    }
    case "Vorbis": {
      await takeHeader(packets, name); // the comments
      const setup = await takeHeader(packets, name);
      return {
        codec: { name: "Vorbis", identification: head, setup },
        channels: view.getUint8(11),
        sampleRateHz: view.getUint32(12, true),
        packets,
      };
    }
    case "FLAC":
      return {
        ...readStreamInfo(head.subarray(flacInfoStart, flacInfoStart + 34)),
        packets: takeFrames(packets),
      };
    case undefined:
      throw new RangeError("expected a stream of sound");
  }
}

async function takeHeader(packets: AsyncGenerator<AudioPacket, void, undefined>, name: string) {
  const packet = await packets.next();
  if (packet.done === true) {
    throw new UserError(`${name}: expected sound after the Ogg headers, got none: the file is cut off`);
  }
  return packet.value.bytes;
}

/** FLAC's metadata blocks are packets too; frames begin with their sync code. */
async function* takeFrames(
  packets: AsyncIterable<AudioPacket>,
): AsyncGenerator<AudioPacket, void, undefined> {
  for await (const packet of packets) if (packet.bytes[0] === 0xff) yield packet;
}
