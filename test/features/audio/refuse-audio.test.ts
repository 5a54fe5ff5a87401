import { describe, expect, it } from "vitest";
import { computePageCrc } from "../../../features/audio/containers/ogg/ogg-pages.ts";
import { audioFiles, edit, findProblem, joinBytes, readAudio } from "./audio-files.ts";
import { makeNoise } from "../signals.ts";
import { writeWav } from "./write-wav.ts";

describe("what is refused, in one line", () => {
  it("nothing, and other things than audio", async () => {
    const text = new TextEncoder().encode("hello, world");
    expect(await findProblem(new Uint8Array(0))).toBe("x.wav: expected audio, got an empty file");
    expect(await findProblem(text)).toBe(
      "x.wav: expected WAV, MP3, FLAC, Ogg, Opus, M4A, WebM, AIFF or CAF audio, got 12 bytes of text",
    );
    expect(await findProblem(Uint8Array.of(0, 1, 2))).toContain("got 3 bytes of unknown data");
    expect(await findProblem(new TextEncoder().encode("#!AMR\n......"))).toContain("got AMR audio");
  });

  it.each([...audioFiles.map(({ name }) => name), "noise.wav"].filter((name) => name !== "mono.aac"))(
    "%s, cut in half",
    async (name) => {
      const bytes = name === "noise.wav" ? writeWav(makeNoise(1000, 1)) : readAudio(name);
      const half = bytes.subarray(0, Math.floor(bytes.length / 2));
      expect(await findProblem(half, name)).toMatch(/^.*: expected .*(cut off|damaged)/);
    },
  );

  it.each(audioFiles.map(({ name }) => name).filter((name) => /\.(flac|ogg|opus)$/.test(name)))(
    "%s, with one byte flipped in its middle",
    async (name) => {
      const damaged = edit(readAudio(name), (view) => {
        view.setUint8(view.byteLength / 2, view.getUint8(view.byteLength / 2) ^ 0x10);
      });
      expect(await findProblem(damaged, name)).toMatch(/damaged/);
    },
  );

  it.each([
    [0, "expected a rate of 1000 to 768000 Hz, got 0 Hz"],
    [4_000_000_000, "got 4000000000 Hz"],
  ])("a rate of %i Hz", async (sampleRateHz, message) => {
    expect(await findProblem(writeWav([0.5], { sampleRateHz }))).toContain(message);
  });

  it("too many channels, and none", async () => {
    const many = writeWav(new Float32Array(300), { channels: 300 });
    expect(await findProblem(many)).toBe("x.wav: expected 1 to 256 channels, got 300");
    expect(await findProblem(writeWav([], { channels: 0 }))).toContain("got 0");
  });

  it.each([NaN, Infinity, -1e30])("a sample of %d, with its place", async (bad) => {
    const samples = makeNoise(2000, 1);
    samples[1234] = bad;
    const message = await findProblem(writeWav(samples, { sampleRateHz: 8000, encoding: "float32" }));
    expect(message).toContain("at sample 1234 (0.154 s)");
  });

  it("a file without samples or without data", async () => {
    expect(await findProblem(writeWav([]))).toBe("x.wav: expected sound, got none: the file holds 0 samples");
    expect(await findProblem(writeWav([]).subarray(0, 36))).toContain("got no data chunk");
  });

  it("a header that would make the decoder allocate gigabytes", async () => {
    const bomb = edit(writeWav(new Float32Array(1000), { channels: 2 }), (view) => {
      view.setUint16(22, 200, true);
    });
    expect(await findProblem(bomb)).toContain("expected blocks of 200 x 16 bits, got 4 bytes");
  });

  it("an unknown WAV format by its name, and ADPCM of an unknown kind", async () => {
    const adpcm = edit(writeWav([0.5]), (view) => {
      view.setUint16(20, 0x11, true);
    });
    expect(await findProblem(adpcm)).toContain("expected ADPCM of 4 bits in 1 or 2 channels, got 16 bits");
    const gsm = edit(writeWav([0.5]), (view) => {
      view.setUint16(20, 0x31, true);
    });
    expect(await findProblem(gsm)).toContain(
      "expected PCM, float, ADPCM, A-law or mu-law samples in a WAV file, got GSM",
    );
  });

  it("more sound than allowed, by the header and by what comes out", async () => {
    expect(await findProblem(writeWav(makeNoise(44_100, 1)), "x.wav", 0.5)).toBe(
      "x.wav: expected at most 0.5 s of sound, got more",
    );
    expect(await findProblem(readAudio("mono.opus"), "bomb.opus", 0.1)).toContain("at most 0.1 s");
    const unknownLength = edit(readAudio("mono.flac"), (view) => {
      view.setUint32(22, 0); // the number of samples
    });
    expect(await findProblem(unknownLength, "bomb.flac", 0.1)).toContain("at most 0.1 s");
  });

  it("Ogg streams side by side, as of sound and picture", async () => {
    const mono = readAudio("mono.ogg");
    const firstPage = mono.subarray(0, 58);
    const other = edit(firstPage, (view) => {
      view.setUint32(14, 7, true); // the serial number
      view.setUint32(22, 0, true);
    });
    new DataView(other.buffer).setUint32(22, computePageCrc(other, 0, other.length), true);
    expect(await findProblem(joinBytes(firstPage, other, mono.subarray(58)), "x.ogg")).toBe(
      "x.ogg: expected one Ogg stream at a time, got another at byte 58",
    );
  });
});
