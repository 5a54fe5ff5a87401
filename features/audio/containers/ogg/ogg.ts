import { at } from "../../../../common/at.ts";
import { UserError } from "../../../../common/user-error.ts";
import { type AudioFile, type AudioPackets, type AudioTrack, holdsText, viewData } from "../audio-track.ts";
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
    const track = await describeTrack(sound.body, readPackets(pages, sound, file.name), file.name);
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
): AsyncGenerator<AudioPackets, void, undefined> {
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
    const packets: Uint8Array[] = [];
    for (const { bytes, isWhole } of cutSegments(page)) {
      if (!isStray) held.push(bytes);
      isStray &&= !isWhole;
      if (!isWhole || held.length === 0) continue;
      packets.push(joinBytes(held));
      held = [];
    }
    const { granule, isLast } = page;
    if (packets.length === 0) continue;
    if (granule === undefined) yield { packets };
    else yield isLast ? { packets, lastCount: granule } : { packets, endCount: granule };
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

/** @param packets all of the stream, of which the track has those behind the headers */
async function describeTrack(
  head: Uint8Array,
  packets: AsyncGenerator<AudioPackets, void, undefined>,
  name: string,
): Promise<AudioTrack> {
  const view = viewData(head);
  switch (findCodec(head)) {
    case "Opus":
      return {
        codec: { name: "Opus", head },
        channels: view.getUint8(9),
        sampleRateHz: opusRateHz,
        skippedSamples: view.getUint16(10, true),
        // The second has the tags, which may hold a picture and fill many pages.
        packets: (await takeHeaders(packets, 2, name)).sound,
      };
    case "Vorbis": {
      const { headers, sound } = await takeHeaders(packets, 3, name); // the second has the comments
      return {
        codec: { name: "Vorbis", identification: head, setup: at(headers, 2) },
        channels: view.getUint8(11),
        sampleRateHz: view.getUint32(12, true),
        packets: sound,
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

/** Headers may share their last page with sound. */
async function takeHeaders(
  packets: AsyncGenerator<AudioPackets, void, undefined>,
  count: number,
  name: string,
): Promise<{ readonly headers: readonly Uint8Array[]; readonly sound: AsyncIterable<AudioPackets> }> {
  const headers: Uint8Array[] = [];
  let rest: AudioPackets = { packets: [] };
  while (headers.length < count) {
    const page = await packets.next();
    if (page.done === true) {
      throw new UserError(`${name}: expected sound after the Ogg headers, got none: the file is cut off`);
    }
    const missing = count - headers.length;
    headers.push(...page.value.packets.slice(0, missing));
    rest = { ...page.value, packets: page.value.packets.slice(missing) };
  }
  return { headers, sound: prepend(rest, packets) };
}

async function* prepend(
  first: AudioPackets,
  others: AsyncIterable<AudioPackets>,
): AsyncGenerator<AudioPackets, void, undefined> {
  if (first.packets.length > 0) yield first;
  yield* others;
}

/** FLAC's metadata blocks are packets too; frames begin with their sync code. */
async function* takeFrames(
  pages: AsyncIterable<AudioPackets>,
): AsyncGenerator<AudioPackets, void, undefined> {
  for await (const page of pages) {
    const packets = page.packets.filter(([first]) => first === 0xff);
    if (packets.length > 0) yield { ...page, packets };
  }
}
