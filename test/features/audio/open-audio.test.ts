import { describe, expect, it } from "vitest";
import { joinBlocks } from "../../../common/join-blocks.ts";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { openAudio } from "../../../features/audio/open-audio.ts";
import { collect } from "../../runtime/collect.ts";
import { makeNoise } from "../signals.ts";
import { audioFiles, cutPieces, readAudio } from "./audio-files.ts";
import { writeWav } from "./write-wav.ts";

const noise = makeNoise(40_000, 1);
const wav = writeWav(noise, { sampleRateHz: 8000 });

async function drain(bytes: Uint8Array, size: number): Promise<Float32Array> {
  return joinBlocks(
    await collect((await openAudio({ name: "a.wav", pieces: cutPieces(bytes, size) })).blocks),
  );
}

describe("openAudio", () => {
  it.each([1, 7, 65_536, 1_000_000])("decodes pieces of %i bytes to the same samples", async (size) => {
    expect(await drain(wav, size)).toEqual((await decodeAudio(wav, "a.wav")).samples);
  });

  it.each(audioFiles)("decodes $name in pieces as decodeAudio does, to the bit", async ({ name }) => {
    const bytes = readAudio(name);
    expect(await drain(bytes, 333)).toEqual((await decodeAudio(bytes, name)).samples);
  });

  it("gives the sound before the damage first", async () => {
    const { blocks } = await openAudio({ name: "a.wav", pieces: cutPieces(wav.subarray(0, 70_000), 4096) });
    expect((await blocks.next()).done).toBe(false);
    await expect(collect(blocks)).rejects.toThrow(
      "a.wav: expected 80000 bytes of sound, got 69956: the file is cut off",
    );
  });

  it("closes its source when it is left", async () => {
    let isClosed = false;
    const pieces = (async function* () {
      try {
        yield* cutPieces(wav, 1000);
      } finally {
        isClosed = true;
      }
    })();
    const { blocks } = await openAudio({ name: "a.wav", pieces });
    await blocks.next();
    await blocks.return();
    expect(isClosed).toBe(true);
  });

  it("passes on what its source throws", async () => {
    const pieces = (async function* () {
      yield* cutPieces(wav.subarray(0, 50_000), 1000);
      throw new Error("no network");
    })();
    await expect(openAudio({ name: "a.wav", pieces }).then(({ blocks }) => collect(blocks))).rejects.toThrow(
      /^no network$/,
    );
  });

  it("stops within 100 ms of an abort, whole or in blocks", async () => {
    const long = writeWav(new Float32Array(20_000_000).fill(0.5), { sampleRateHz: 48_000 });
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => {
      controller.abort(new Error("enough"));
    }, 20);
    const begin = performance.now();
    await expect(decodeAudio(long, "a.wav", { signal })).rejects.toThrow("enough");
    expect(performance.now() - begin).toBeLessThan(500); // 100 ms, on a machine that does other things too
  });
});
