import { describe, expect, it } from "vitest";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { createGraph, small } from "../meyda/compare-with-meyda.ts";
import { findLargestDifference, makeNoise } from "../signals.ts";

describe("the extractor", () => {
  it("gives no frames for less than a window", async () => {
    const graph = await createGraph(small);
    for (const length of [0, 1, 511]) {
      expect(await graph.extract(new Float32Array(length))).toEqual({
        values: new Float32Array(0),
        frames: 0,
        bands: 40,
      });
    }
  });

  it("gives the same frames whether a sound fits one block or needs several", async () => {
    const graph = await createGraph(small); // 256 frames a block
    const sound = makeNoise(128 * 600 + 512, 1);
    const whole = await graph.extract(sound);
    expect(whole.frames).toBe(601);
    for (const frame of [0, 254, 255, 256, 257, 511, 512, 513, 600]) {
      const alone = await graph.extract(sound.slice(frame * 128, frame * 128 + 512));
      const row = whole.values.subarray(frame * 40, (frame + 1) * 40);
      expect(findLargestDifference(row, alone.values), `frame ${frame}`).toBeLessThan(1e-5);
    }
  });

  it("refuses what the graph cannot do, all problems together, with what it could", async () => {
    const config = { ...small, fftSamples: 500, clipSeconds: 0.001 };
    await expect(createGraph(config)).rejects.toThrow(
      /^feature config: fftSamples: expected a power of two from 64 to 32768, got 500; clipSeconds: .*; hopSamples: /,
    );
    await expect(createGraph({ ...small, fftSamples: 64, hopSamples: 48 })).rejects.toThrow(
      "hopSamples: the graph expects a divisor of the window (1, 2, 4, 8, 16, 32, 64), got 48",
    );
    expect(() => createMeydaExtractor({ ...small, hopSamples: 513 })).toThrow(
      "expected at most the window of 512",
    );
  });
});
