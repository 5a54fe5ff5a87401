import { describe, expect, it } from "vitest";
import { isSilent } from "../../../features/audio/check-samples.ts";
import { computePageCrc } from "../../../features/audio/containers/ogg/ogg-pages.ts";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { resample } from "../../../features/resample/resample.ts";
import { audioFiles, edit, joinBytes, readAudio } from "./audio-files.ts";
import { hasRealClips, readRealClips } from "../real-clips.ts";
import { findLargestDifference, makeNoise, makeTone } from "../signals.ts";
import { writeWav } from "./write-wav.ts";

describe("what is decoded", () => {
  it.each(audioFiles)("$name, to its rate and length", async ({ name, sampleRateHz, samples, delay = 0 }) => {
    const waveform = await decodeAudio(readAudio(name), name);
    expect(waveform.sampleRateHz).toBe(sampleRateHz);
    expect(waveform.samples.length).toBe(samples);
    // the mean of tones at 440 Hz and, in stereo, 550 Hz, 0.4 each, under noise of 0.1: made by make-audio.py
    const low = makeTone(samples, 440, sampleRateHz, name.startsWith("mono") ? 0.4 : 0.2);
    const high = makeTone(samples, 550, sampleRateHz, name.startsWith("mono") ? 0 : 0.2);
    // Behind the sound there may be an encoder's padding.
    const sound = delay === 0 ? waveform.samples : waveform.samples.subarray(delay, delay + 8000);
    const error = sound.map((sample, index) => sample - (low[index] ?? 0) - (high[index] ?? 0));
    expect(Math.sqrt(error.reduce((sum, value) => sum + value ** 2, 0) / samples)).toBeLessThan(0.06);
  });

  it.each(["pcm8", "pcm16", "pcm24", "pcm32", "float32", "float64"] as const)(
    "WAV of %s",
    async (encoding) => {
      const noise = makeNoise(1000, 1);
      const waveform = await decodeAudio(writeWav(noise, { encoding, sampleRateHz: 12_345 }), "x.wav");
      expect(waveform.sampleRateHz).toBe(12_345);
      expect(findLargestDifference(waveform.samples, noise)).toBeLessThan(
        encoding === "pcm8" ? 1 / 127 : 1 / 32_767,
      );
    },
  );

  it.each([2, 8, 96])("%i channels, as their mean", async (channels) => {
    const frames = makeNoise(100, 2);
    const interleaved = Float32Array.from(
      { length: 100 * channels },
      (_, index) => (frames[Math.floor(index / channels)] ?? 0) * ((index % channels) / (channels - 1)),
    );
    const { samples } = await decodeAudio(writeWav(interleaved, { channels, encoding: "float32" }), "x.wav");
    expect(
      findLargestDifference(
        samples,
        frames.map((sample) => sample / 2),
      ),
    ).toBeLessThan(1e-6);
  });

  it("a file by its content, whatever its name says", async () => {
    expect((await decodeAudio(readAudio("mono.flac"), "x.mp3")).samples.length).toBe(8000);
  });

  it("one sample, 384 kHz, and an odd chunk before the data", async () => {
    expect((await decodeAudio(writeWav([0.5], { sampleRateHz: 384_000 }), "x.wav")).samples.length).toBe(1);
    const wav = writeWav(makeNoise(50, 3));
    const note = [...Buffer.from("note"), 3, 0, 0, 0, 9, 9, 9, 0]; // three bytes and the padding
    const withNote = new Uint8Array([...wav.subarray(0, 36), ...note, ...wav.subarray(36)]);
    expect(await decodeAudio(withNote, "x.wav")).toEqual(await decodeAudio(wav, "x.wav"));
  });

  it("a WAV whose writer could not know its length", async () => {
    const wav = edit(writeWav(makeNoise(50, 3)), (view) => {
      view.setUint32(40, 0xffff_ffff, true);
    });
    expect((await decodeAudio(wav, "x.wav")).samples.length).toBe(50);
  });

  it("an MP3 and a FLAC behind an ID3 tag", async () => {
    const tag = Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5);
    for (const name of ["mono.mp3", "mono.flac"]) {
      const plain = await decodeAudio(readAudio(name), name);
      expect(await decodeAudio(new Uint8Array([...tag, ...readAudio(name)]), name)).toEqual(plain);
    }
  });

  it("a FLAC wherever its frames lie: headers across the pieces that the decoder gets lose no frame", async () => {
    const flac = readAudio("mono.flac");
    const plain = await decodeAudio(flac, "x.flac");
    const second = findSecondFrame(flac);
    for (let before = 0; before <= 16; before++) {
      const padding = (2 * 4096 - before - second - 4) % 4096;
      expect(await decodeAudio(padFlac(flac, padding), "x.flac")).toEqual(plain);
    }
  });

  it("an Ogg whose recorder was stopped, without a mark on its last page", async () => {
    const { samples } = await decodeAudio(readAudio("mono.ogg"), "x.ogg");
    const unmarked = readAudio("mono.ogg");
    const last = unmarked.length - findLastPage(unmarked).length;
    unmarked[last + 5] = 0;
    new DataView(unmarked.buffer).setUint32(last + 22, computePageCrc(unmarked, last, unmarked.length), true);
    const stopped = await decodeAudio(unmarked, "x.ogg");
    expect(stopped.samples.length).toBeGreaterThanOrEqual(samples.length); // the mark also trims the last block
    expect(stopped.samples.subarray(0, samples.length)).toEqual(samples);
  });

  it("Ogg streams one after another, of any channels and rates, at the first one's rate", async () => {
    const [mono, stereo] = [readAudio("mono.ogg"), readAudio("stereo.opus")];
    const { samples } = await decodeAudio(mono, "x.ogg");
    const joined = await decodeAudio(joinBytes(mono, mono), "x.ogg");
    expect(joined.samples).toEqual(Float32Array.from([...samples, ...samples]));
    const opus = await decodeAudio(joinBytes(readAudio("mono.opus"), stereo), "x.opus");
    expect(opus.samples.length).toBe(24_000 + 9600);
    const other = await resample(await decodeAudio(readAudio("stereo.ogg"), "x.ogg"), 16_000);
    const mixed = await decodeAudio(joinBytes(mono, readAudio("stereo.ogg")), "x.ogg");
    expect(mixed.samples).toEqual(Float32Array.from([...samples, ...other.samples]));
  });

  it.runIf(hasRealClips)("real clips: 44.1 kHz, 5 s, not silent unless they are", async () => {
    for (const { name, bytes } of readRealClips(20)) {
      const { samples, sampleRateHz } = await decodeAudio(bytes, name);
      expect(sampleRateHz).toBe(44_100);
      expect(Math.abs(samples.length - 220_500)).toBeLessThan(2000);
      expect(isSilent(samples)).toBe(false);
    }
  });
});

describe("isSilent", () => {
  it("holds for zeros and dither, not for the faintest tone", () => {
    expect(isSilent(new Float32Array(10))).toBe(true);
    expect(isSilent(makeNoise(100, 1, 1 / 32_768))).toBe(true);
    expect(isSilent(makeTone(100, 440, 8000, 1e-4))).toBe(false);
  });

  it("does not stand in the way of decoding", async () => {
    expect((await decodeAudio(writeWav(new Float32Array(100)), "x.wav")).samples).toEqual(
      new Float32Array(100),
    );
  });
});

/** The last page of an Ogg file, found from the front (RFC 3533, 6). */
function findLastPage(bytes: Uint8Array): Uint8Array {
  for (let start = 0; ;) {
    const body = start + 27 + (bytes[start + 26] ?? 0);
    const end = bytes.subarray(start + 27, body).reduce((total, size) => total + size, body);
    if (end >= bytes.length) return bytes.subarray(start);
    start = end;
  }
}

/** Offset of the second frame: its header has number 1 where the first one's has 0 (RFC 9639, 9.1). */
function findSecondFrame(flac: Uint8Array): number {
  const isFrame = (at: number, number: number): boolean =>
    flac[at] === 0xff && flac[at + 1] === 0xf8 && flac[at + 4] === number;
  const first = flac.findIndex((_, at) => isFrame(at, 0));
  return flac.findIndex((_, at) => at > first && flac[at + 2] !== undefined && isFrame(at, 1));
}

/** The same sound behind a PADDING block of 4 + `padding` bytes after STREAMINFO (RFC 9639, 8.3). */
function padFlac(flac: Uint8Array, padding: number): Uint8Array {
  const isLast = (flac[4] ?? 0) & 0x80;
  const head = flac.slice(0, 42);
  head[4] = 0;
  const block = new Uint8Array(4 + padding);
  block.set([isLast | 1, padding >> 16, (padding >> 8) & 0xff, padding & 0xff]);
  return joinBytes(head, block, flac.subarray(42));
}
