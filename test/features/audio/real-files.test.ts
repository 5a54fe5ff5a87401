import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { resample } from "../../../features/resample/resample.ts";
import { decodeWithFfmpeg, hasFfmpeg } from "../../fuzz/decode-with-ffmpeg.ts";
import { makeNoise } from "../signals.ts";
import { audioFiles, decodeBothWays, edit, joinBytes, readAudio } from "./audio-files.ts";
import { makeConstantFlac, makeOggPage, makeOpusTags, replaceOpusTags } from "./make-files.ts";
import { writeWav } from "./write-wav.ts";

const noise = makeNoise(4000, 1);
const wav = writeWav(noise, { sampleRateHz: 8000 });
const mp3 = readAudio("stereo.mp3");
const flac = readAudio("mono.flac");
const vorbis = readAudio("mono.ogg");
const aiff = readAudio("mono.aiff");
const [aiffHead, aiffFormat, aiffSound] = [aiff.subarray(0, 12), aiff.subarray(12, 38), aiff.subarray(38)];
const aac = readAudio("mono.aac");

function text(letters: string): Uint8Array {
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** Of the id3.org, 2.4 structure: a size of seven bits a byte. */
function makeId3(bytes: number): Uint8Array {
  return joinBytes(
    text("ID3"),
    Uint8Array.of(4, 0, 0, 0, 0, bytes >> 7, bytes & 127),
    new Uint8Array(bytes).fill(65),
  );
}

/** An APEv2 tag with a header, a footer or both. @param written the size that its header claims */
function makeApe(items: number, hasFooter = true, written = items + (hasFooter ? 32 : 0)): Uint8Array {
  const head = joinBytes(text("APETAGEX"), new Uint8Array(24));
  const view = new DataView(head.buffer);
  view.setUint32(8, 2000, true);
  view.setUint32(12, written, true);
  return joinBytes(head, new Uint8Array(items).fill(66), hasFooter ? head : new Uint8Array(0));
}

const id3v1 = joinBytes(text("TAG"), new Uint8Array(125).fill(67));
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const webm = readAudio("mono-opus.webm");
const msAdpcm = readAudio("stereo-ms.wav");
/** Where the size of the Segment stands, 8 bytes behind its name. */
const segmentSizeAt = Buffer.from(webm).indexOf(Buffer.from([0x18, 0x53, 0x80, 0x67])) + 4;
/** A Void element of 64 KiB, of which nothing follows, before the first Cluster. */
const insertLongElement = (file: Uint8Array): Uint8Array => {
  const at = Buffer.from(file).indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]));
  return joinBytes(file.subarray(0, at), Uint8Array.of(0xec, 0x20, 0x80, 0x00), file.subarray(at));
};
const webmOfUnknownSize = edit(webm, (view) => {
  view.setBigUint64(segmentSizeAt, 0x01ff_ffff_ffff_ffffn);
});
const dataAt = (file: Uint8Array): number => Buffer.from(file).indexOf("data") + 8;
const setByte = (bytes: Uint8Array, offset: number, value: number): Uint8Array =>
  edit(bytes, (view) => {
    view.setUint8(offset, value);
  });
const setUint32 = (bytes: Uint8Array, offset: number, value: number): Uint8Array =>
  edit(bytes, (view) => {
    view.setUint32(offset, value, true);
  });

/** What recorders, taggers and editors make of a file, and the file whose sound it has. */
const sameSound: readonly (readonly [what: string, bytes: Uint8Array, like: Uint8Array])[] = [
  ["WAV of size 0: a recorder that was killed", setUint32(wav, 40, 0), wav],
  ...[0x7fff_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff].map(
    (size) => [`WAV of size 0x${size.toString(16)}: a pipe`, setUint32(wav, 40, size), wav] as const,
  ),
  [
    "WAV with 90 kB before its sound",
    joinBytes(wav.subarray(0, 36), makeChunk("LIST", 90_001), wav.subarray(36)),
    wav,
  ],
  ["WAV with chunks behind its sound", joinBytes(wav, makeChunk("LIST", 30)), wav],
  ["MP3 behind two ID3 tags", joinBytes(makeId3(5), makeId3(300), mp3), mp3],
  ["MP3 behind zeros", joinBytes(zeros(5000), mp3), mp3],
  ["MP3 behind an ID3 tag and zeros", joinBytes(makeId3(20), zeros(100), mp3), mp3],
  ["MP3 behind the end of a frame", joinBytes(mp3.subarray(3000, 3300), mp3), mp3],
  ["MP3 behind an APE tag", joinBytes(makeApe(40), mp3), mp3],
  ["MP3 behind an APE tag of a wrong size", joinBytes(makeApe(19, false, 51), mp3), mp3],
  ["MP3 before an APE and an ID3v1 tag", joinBytes(mp3, makeApe(40), id3v1), mp3],
  ["MP3 before a Lyrics3 tag", joinBytes(mp3, text("LYRICSBEGINLYRICSEND"), id3v1), mp3],
  ["MP3 before zeros", joinBytes(mp3, zeros(3000)), mp3],
  ["FLAC behind an ID3 tag", joinBytes(makeId3(1000), flac), flac],
  ["FLAC before an ID3v1 tag", joinBytes(flac, id3v1), flac],
  ["FLAC before an APE tag", joinBytes(flac, makeApe(100), id3v1), flac],
  ["FLAC before zeros", joinBytes(flac, zeros(77)), flac],
  ["MP3 before a tag that is cut off", joinBytes(mp3, text("ID3")), mp3],
  ["MP3 before tags and something else", joinBytes(mp3, makeId3(40), noiseBytes(500)), mp3],
  ["AIFF whose format stands behind its sound", joinBytes(aiffHead, aiffSound, aiffFormat), aiff],
  ["FLAC before something else", joinBytes(flac, noiseBytes(500)), flac],
  ["Ogg before an ID3v1 tag", joinBytes(vorbis, id3v1), vorbis],
  ["Ogg with an index beside the sound", addSkeleton(vorbis), vorbis],
  [
    "Opus with a cover of 200 kB",
    replaceOpusTags(readAudio("mono.opus"), makeOpusTags(200_000)),
    readAudio("mono.opus"),
  ],
  [
    "Opus with a cover of one page",
    replaceOpusTags(readAudio("mono.opus"), makeOpusTags(65_025)),
    readAudio("mono.opus"),
  ],
];

describe("files as people have them", () => {
  it.each(sameSound)("%s", async (_, bytes, like) => {
    expect(await decodeBothWays(bytes, "x")).toEqual(await decodeAudio(like, "x"));
  });

  it("an MP3 whose last frame is cut, without it, and says so", async () => {
    const plain = mp3.subarray(417); // without the frame that counts the others
    const whole = await decodeAudio(plain, "x.mp3");
    const notes: string[] = [];
    const cut = await decodeBothWays(plain.subarray(0, -100), "x.mp3", {
      onNote: (note) => notes.push(note),
    });
    expect(cut).toMatchObject({ sampleRateHz: 44_100 });
    if (typeof cut === "string") return;
    expect(whole.samples.length - cut.samples.length).toBe(1152);
    expect(notes[0]).toMatch(/^x\.mp3: skipped the last MPEG frame, at byte \d+, which is cut off$/);
  });

  it.each([
    ["MP3s", mp3.subarray(417), joinBytes(id3v1, makeId3(300), makeApe(40))],
    ["MP3s with zeros among their tags", mp3.subarray(417), joinBytes(zeros(3000), id3v1)],
    ["AACs", aac, joinBytes(makeId3(2000))],
    ["Oggs", vorbis, id3v1],
  ])("the sound of two %s that were joined, tags between them", async (_, file, tags) => {
    const notes: string[] = [];
    const joined = await decodeBothWays(joinBytes(file, tags, file), "x", {
      onNote: (note) => notes.push(note),
    });
    const { samples } = await decodeAudio(joinBytes(file, file), "x");
    expect(joined).toMatchObject({ samples });
    expect(notes[0]).toMatch(/^x: skipped .*tags/);
  });

  it("a WAV of unsigned bytes as (value - 128) / 128", async () => {
    const { samples } = await decodeAudio(writeWav([-1, 0, 0.5, 127 / 127], { encoding: "pcm8" }), "x.wav");
    expect([...samples]).toEqual([-127 / 128, 0, 64 / 128, 127 / 128]);
  });

  it.each([16, 24] as const)("FLAC of %i bits as its integers / 2^(bits - 1)", async (bits) => {
    const { samples } = await decodeAudio(readAudio(bits === 16 ? "mono.flac" : "stereo.flac"), "x.flac");
    const channels = bits === 16 ? 1 : 2;
    expect(samples.every((sample) => Number.isInteger(sample * channels * 2 ** (bits - 1)))).toBe(true);
  });

  it("FLAC of blocks of 65,535 samples that leave rate and depth to its header", async () => {
    const { samples, sampleRateHz } = await decodeAudio(makeConstantFlac(3, 65_535, 1234), "x.flac");
    expect(sampleRateHz).toBe(44_100);
    expect(samples.length).toBe(3 * 65_535);
    expect(new Set(samples)).toEqual(new Set([Math.fround(1234 / 32_768)]));
  });

  it("Ogg of two rates, one after the other, at the rate of the first", async () => {
    const [first, second] = [readAudio("mono.ogg"), readAudio("stereo.ogg")];
    const { samples } = await decodeAudio(joinBytes(first, second), "x.ogg");
    const tail = await resample(await decodeAudio(second, "x.ogg"), 16_000);
    expect(samples.subarray(8000)).toEqual(tail.samples);
  });

  it.each([
    ["WAV of 0 Hz", setUint32(wav, 24, 0), "expected a rate of 1000 to 768000 Hz, got 0 Hz"],
    ["WAV of 1 Hz", setUint32(wav, 24, 1), "got 1 Hz"],
    ["WAV of 999 Hz", setUint32(wav, 24, 999), "got 999 Hz"],
    ["WAV of 4,294,967,295 Hz", setUint32(wav, 24, 0xffff_ffff), "got 4294967295 Hz"],
    [
      "MP3s with zeros between",
      joinBytes(mp3.subarray(417), zeros(3000), mp3),
      "zeros with other data behind",
    ],
    ["AACs with zeros between", joinBytes(aac, zeros(9000), aac), "damaged"],
    ["Oggs with zeros between", joinBytes(vorbis, zeros(70_000), vorbis), "damaged"],
    ["an AIFF without a format", joinBytes(aiffHead, aiffSound), "expected an AIFF file with a format chunk"],
    ["a cut FLAC", flac.subarray(0, 9000), "cut off"],
    ["a cut Ogg", vorbis.subarray(0, 5000), "cut off"],
    ["a cut WebM", webm.subarray(0, 3000), "cut off"],
    ["a WebM with an element longer than it", insertLongElement(webm), "the file is damaged"],
    [
      "a WebM of unknown length with such an element",
      insertLongElement(webmOfUnknownSize),
      "the file is cut off",
    ],
    [
      "IMA ADPCM without such a step",
      setByte(readAudio("mono-ima.wav"), 60 + 1024 + 2, 89),
      "step 89 of a table of 89",
    ],
    [
      "MS ADPCM without such a predictor",
      setByte(msAdpcm, dataAt(msAdpcm) + 1, 7),
      "predictor 7 of a table of 7",
    ],
    [
      "floats of the range of 16 bits",
      writeWav([0.1, 20_000], { encoding: "float32" }),
      "expected samples within",
    ],
    [
      "Opus with a channel mapping that is none",
      makeOggPage(makeOpusHead(1, [9]), { isFirst: true }),
      "cut off",
    ],
    [
      "Opus with a channel mapping that is none, and sound",
      joinBytes(
        makeOggPage(makeOpusHead(1, [9]), { isFirst: true }),
        makeOggPage(makeOpusTags(1), { number: 1 }),
        makeOggPage(Uint8Array.of(0xf8, 0xff, 0xfe), { number: 2, granule: 960n }),
      ),
      "expected Opus audio, got an error of its decoder: Invalid Opus channel mapping",
    ],
    ["Speex in Ogg", makeOggPage(text("Speex   1.2.1"), { isFirst: true }), "got Speex"],
    ["AMR", text("#!AMR\n<...."), "got AMR audio"],
    [
      "Windows Media",
      Uint8Array.of(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0),
      "got Windows Media audio",
    ],
    ["an ID3 tag alone", makeId3(100), "expected WAV, MP3"],
    ["zeros", zeros(10_000), "expected WAV, MP3"],
  ])("refuses %s in one second and in the same words", async (_, bytes, problem) => {
    const begin = performance.now();
    expect(await decodeBothWays(bytes, "x.wav")).toContain(problem);
    expect(performance.now() - begin).toBeLessThan(5000); // a second, on a machine that does other things too
  });

  it.runIf(hasFfmpeg).each(audioFiles)("$name as FFmpeg decodes it", async ({ name }) => {
    const bytes = readAudio(name);
    const { samples, sampleRateHz } = await decodeAudio(bytes, name);
    const theirs = (await decodeWithFfmpeg(bytes, sampleRateHz)) ?? new Float32Array(0);
    expect(theirs.length).toBeGreaterThanOrEqual(samples.length); // a pipe does not show it where padding begins
    const worst = samples.reduce(
      (most, sample, index) => Math.max(most, Math.abs(sample - (theirs[index] ?? NaN))),
      0,
    );
    // Its decoders of Opus and AAC are others; AAC's make up noise, each another.
    const limits = [
      { kind: /opus/, limit: 2e-3 },
      { kind: /aac|fragments/, limit: 0.2 },
      { kind: /./, limit: 3e-6 },
    ];
    expect(worst).toBeLessThan(limits.find(({ kind }) => kind.test(name))?.limit ?? 0);
  });
});

/** An identification header (RFC 7845, 5.1) of mapping family 1. */
function makeOpusHead(streams: number, mapping: readonly number[]): Uint8Array {
  const head = new Uint8Array(21);
  head.set(text("OpusHead"));
  head.set([1, mapping.length, 0, 0], 8);
  head.set([1, streams, 0], 18);
  return joinBytes(head, Uint8Array.from(mapping));
}

function makeChunk(id: string, size: number): Uint8Array {
  const head = joinBytes(text(id), new Uint8Array(4), new Uint8Array(size + (size % 2)));
  return setUint32(head, 4, size);
}

function noiseBytes(count: number): Uint8Array {
  return Uint8Array.from(makeNoise(count, 5), (value) => Math.abs(value) * 127);
}

/** Ogg Skeleton 4: a stream of its own, whose first page stands before the sound's and whose last before its data. */
function addSkeleton(ogg: Uint8Array): Uint8Array {
  const first = makeOggPage(joinBytes(text("fishead\0"), new Uint8Array(72)), { isFirst: true, serial: 99 });
  const last = makeOggPage(new Uint8Array(0), { serial: 99, number: 1, isLast: true });
  return joinBytes(first, ogg.subarray(0, 58), last, ogg.subarray(58));
}
