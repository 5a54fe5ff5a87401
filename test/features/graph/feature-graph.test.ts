import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { defaultFeatureConfig } from "../../../features/feature-config.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { compareWithMeyda, createGraph, small } from "../meyda/compare-with-meyda.ts";
import { hasRealClips, readRealClips } from "../real-clips.ts";
import { findLargestDifference, makeNoise, makeTone } from "../signals.ts";

describe.each(["float64", "split"] as const)("Meyda's numbers, to 1e-4, in %s", (precision) => {
  it("for noise, silence, clicks, tones, constants and full-scale squares", async () => {
    const samples = 3000;
    const square = (period: number): Float32Array =>
      Float32Array.from({ length: samples }, (_, index) => (index % period < period / 2 ? 1 : -1));
    const click = (place: number): Float32Array => new Float32Array(samples).fill(1, place, place + 1);
    const sounds = [
      makeNoise(samples, 1, 1),
      makeNoise(samples, 2, 1e-5),
      new Float32Array(samples),
      new Float32Array(samples).fill(1),
      ...[0, 700, 1500].map(click),
      ...[2, 3, 4, 7, 8, 64, 100, 441, 2048].map(square),
      ...[50, 440, 5000, 20_000].map((frequencyHz) => makeTone(samples, frequencyHz, 44_100, 1)),
    ];
    expect(await compareWithMeyda(defaultFeatureConfig, precision, ...sounds)).toBeLessThan(1e-4);
  });

  it("for any mixture of them", async () => {
    const graph = await createGraph(small, precision);
    const meyda = createMeydaExtractor(small);
    const level = fc.constantFrom(0, 1e-4, 0.1, 1);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ noise: level, tone: level, square: level, click: level }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.double({ min: 10, max: 8000, noNaN: true }),
        fc.integer({ min: 2, max: 900 }),
        async (levels, seed, frequencyHz, period) => {
          const tone = makeTone(900, frequencyHz, 16_000, levels.tone);
          const sound = makeNoise(900, seed, levels.noise).map(
            (sample, index) =>
              sample +
              (tone[index] ?? 0) +
              (index % period < period / 2 ? levels.square : -levels.square) +
              (index === period ? levels.click : 0),
          );
          const ours = await graph.extract(sound);
          const theirs = await meyda.extract(sound);
          expect(findLargestDifference(ours.values, theirs.values)).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    { fftSamples: 64, hopSamples: 64, melBands: 1, sampleRateHz: 8000 },
    { fftSamples: 64, hopSamples: 1, melBands: 20, sampleRateHz: 2000 },
    { fftSamples: 128, hopSamples: 32, melBands: 256, sampleRateHz: 8000 },
    { fftSamples: 256, hopSamples: 256, melBands: 13, sampleRateHz: 11_025 },
    { fftSamples: 1024, hopSamples: 256, melBands: 256, sampleRateHz: 22_050 },
    { fftSamples: 4096, hopSamples: 1024, melBands: 128, sampleRateHz: 48_000 },
    { fftSamples: 8192, hopSamples: 2048, melBands: 96, sampleRateHz: 192_000 },
  ])("for $fftSamples / $hopSamples, $melBands bands at $sampleRateHz Hz", async (settings) => {
    const config = { ...defaultFeatureConfig, ...settings };
    const samples = config.fftSamples + 3 * config.hopSamples + 17;
    const sounds = [
      makeNoise(samples, 1),
      makeTone(samples, config.sampleRateHz / 5, config.sampleRateHz, 1),
    ];
    expect(await compareWithMeyda(config, precision, ...sounds)).toBeLessThan(1e-4);
  });

  it("with another sample scale", async () => {
    expect(await compareWithMeyda({ ...small, sampleScale: 1 }, precision, makeNoise(2000, 1))).toBeLessThan(
      1e-6,
    );
  });
});

it.runIf(hasRealClips)(
  "is within 1e-4 of Meyda for the first 2 s of two real clips of each class",
  { timeout: 120_000 },
  async () => {
    const graphs = [
      await createGraph(defaultFeatureConfig),
      await createGraph(defaultFeatureConfig, "split"),
    ];
    const meyda = createMeydaExtractor(defaultFeatureConfig);
    for (const { name, bytes } of readRealClips(20)) {
      const samples = (await decodeAudio(bytes, name)).samples.slice(0, 88_200);
      const theirs = await meyda.extract(samples);
      for (const graph of graphs) {
        const ours = await graph.extract(samples);
        expect(findLargestDifference(ours.values, theirs.values), name).toBeLessThan(1e-4);
      }
    }
  },
);
