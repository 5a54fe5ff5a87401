import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { defaultFeatureConfig, type FeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph/graph-extractor.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import { createLogMelStream, type LogMelBlock } from "../../features/log-mel-stream.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { resample } from "../../features/resample/resample.ts";
import { findLargestDifference, makeNoise } from "./signals.ts";

const config: FeatureConfig = {
  ...defaultFeatureConfig,
  sampleRateHz: 16_000,
  fftSamples: 512,
  hopSamples: 128,
  melBands: 40,
};
const extractors: [string, FeatureExtractor][] = [
  ["meyda", createMeydaExtractor(config)],
  ["graph", await createGraphExtractor(config, ort, { session: { intraOpNumThreads: 1 } })],
];

/** Pushes the sound in blocks of the given lengths, over and over. */
async function stream(
  extractor: FeatureExtractor,
  sound: Float32Array,
  lengths: readonly number[],
  rateHz?: number,
): Promise<LogMelBlock[]> {
  const target = createLogMelStream(config, extractor, rateHz);
  const blocks: Promise<LogMelBlock>[] = [];
  for (let start = 0, turn = 0; start < sound.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    blocks.push(target.push(sound.subarray(start, start + length)));
    start += length;
  }
  return Promise.all([...blocks, target.flush()]);
}

describe.each(extractors)("a stream by %s", (_, extractor) => {
  it("gives the whole sound's frames to 1e-5, at their times, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 4000 }),
        async (lengths, samples) => {
          const sound = makeNoise(samples, samples);
          const whole = await extractor.extract(sound);
          const blocks = await stream(extractor, sound, lengths);
          const values = joinBlocks(blocks.map((block) => block.values));
          expect(findLargestDifference(values, whole.values)).toBeLessThan(1e-5);
          let frames = 0;
          for (const block of blocks) {
            expect(block.firstFrame).toBe(frames);
            frames += block.frames;
          }
          expect(frames).toBe(whole.frames);
        },
      ),
      { numRuns: 15 },
    );
  });

  it.each([128, 1000])("resamples on the way, in blocks of %i", async (length) => {
    const sound = makeNoise(9600, 1);
    const resampled = await resample({ samples: sound, sampleRateHz: 48_000 }, 16_000);
    const whole = await extractor.extract(resampled.samples);
    const blocks = await stream(extractor, sound, [length], 48_000);
    expect(findLargestDifference(joinBlocks(blocks.map((block) => block.values)), whole.values)).toBeLessThan(
      1e-5,
    );
  });

  it("gives nothing for a sound shorter than a window", async () => {
    const blocks = await stream(extractor, makeNoise(500, 1), [128]);
    expect(blocks.map((block) => block.frames)).toEqual([0, 0, 0, 0, 0]);
  });
});

it("gives a frame as soon as its window is full", async () => {
  const target = createLogMelStream(config, createMeydaExtractor(config));
  expect((await target.push(new Float32Array(511))).frames).toBe(0);
  expect((await target.push(new Float32Array(1))).frames).toBe(1);
  expect((await target.push(new Float32Array(127))).frames).toBe(0);
  expect((await target.push(new Float32Array(1))).frames).toBe(1);
});
