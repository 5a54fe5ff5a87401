import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { decodePieces } from "../../../runtime/audio/decode-pieces.ts";
import { collect } from "../collect.ts";
import { makeLevel } from "../tiny-model.ts";
import { encodeWav } from "./wav.ts";

const sampleRateHz = 8000;

describe("decodePieces", () => {
  const samples = makeLevel(0.5, 40_000);
  const wav = encodeWav(samples, sampleRateHz);
  const toPieces = (bytes: Uint8Array, size: number) => ({
    name: "a.wav",
    // eslint-disable-next-line @typescript-eslint/require-await -- as files give theirs
    pieces: (async function* () {
      for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
    })(),
  });

  it.each([1, 7, 65_536, 1_000_000])("decodes pieces of %i bytes to the same samples", async (size) => {
    const { sampleRateHz: rate, blocks } = await decodePieces(toPieces(wav, size));
    expect(rate).toBe(sampleRateHz);
    const decoded = (await collect(blocks)).flatMap((block) => [...block]);
    expect(decoded).toHaveLength(samples.length);
    expect(decoded.every((value, index) => Math.abs(value - (samples[index] ?? NaN)) < 1e-4)).toBe(true);
  });

  it.each([
    "mono.flac",
    "mono.mp3",
    "mono.ogg",
    "mono.opus",
    "stereo.flac",
    "stereo.mp3",
    "stereo.ogg",
    "stereo.opus",
  ])("decodes %s as decodeAudio does", async (name) => {
    const bytes = readFileSync(join(import.meta.dirname, "../../features/audio/files", name));
    const whole = await decodeAudio(bytes, name);
    const pieces = await decodePieces(toPieces(bytes, 1000));
    expect(pieces.sampleRateHz).toBe(whole.sampleRateHz);
    const decoded = (await collect(pieces.blocks)).flatMap((block) => [...block]);
    expect(decoded).toHaveLength(whole.samples.length);
    const worst = decoded.reduce(
      (largest, value, index) => Math.max(largest, Math.abs(value - (whole.samples[index] ?? NaN))),
      0,
    );
    expect(worst).toBeLessThan(1e-6);
  });

  it("steps over chunks of odd length before the sound", async () => {
    const list = Buffer.from("LIST\x03\x00\x00\x00abc\x00", "latin1");
    const withList = Buffer.concat([wav.subarray(0, 36), list, wav.subarray(36)]);
    const { blocks } = await decodePieces(toPieces(withList, 5000));
    expect((await collect(blocks)).flatMap((block) => [...block])).toHaveLength(samples.length);
  });

  it.each([
    ["nothing", new Uint8Array(), "expected audio, got an empty file"],
    ["text", new TextEncoder().encode("no sound"), "got other data"],
    ["no sound", encodeWav(new Float32Array(), sampleRateHz), "expected sound, got none"],
    ["half a file", wav.subarray(0, 70_000), "expected 80000 bytes of sound, got 69956: the file is cut off"],
  ])("refuses %s", async (_, bytes, text) => {
    const listen = async () => collect((await decodePieces(toPieces(bytes, 4096))).blocks);
    await expect(listen()).rejects.toMatchObject({ code: "bad-audio" });
    await expect(listen()).rejects.toThrow(`a.wav: ${text.startsWith("got") ? "expected WAV" : text}`);
  });
});
