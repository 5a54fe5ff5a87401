import fc from "fast-check";
import Meyda from "meyda";
import { describe, expect, it } from "vitest";
import { defaultFeatureConfig, type FeatureConfig } from "../../../features/feature-config.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { computeNaiveLogMel } from "../naive-log-mel.ts";
import { findLargestDifference, makeNoise, makeTone } from "../signals.ts";

const small: FeatureConfig = {
  ...defaultFeatureConfig,
  sampleRateHz: 16_000,
  fftSamples: 512,
  hopSamples: 256,
  melBands: 40,
};

async function extract(config: FeatureConfig, samples: Float32Array): Promise<Float32Array> {
  return (await createMeydaExtractor(config).extract(samples)).values;
}

describe("the shape", () => {
  it("is 214 frames of 96 bands for 5 s at 44.1 kHz", async () => {
    const clip = await createMeydaExtractor(defaultFeatureConfig).extract(new Float32Array(220_500));
    expect([clip.frames, clip.bands, clip.values.length]).toEqual([214, 96, 214 * 96]);
    expect(clip.values.every((value) => value === 0)).toBe(true);
  });

  it.each([
    [0, 0],
    [511, 0],
    [512, 1],
    [767, 1],
    [768, 2],
  ])("of %i samples is %i frames", async (samples, frames) => {
    expect((await createMeydaExtractor(small).extract(new Float32Array(samples))).frames).toBe(frames);
  });
});

describe("the values", () => {
  it.each([
    ["default", defaultFeatureConfig],
    ["16 kHz, 512, 40 bands", small],
    ["8 kHz, 64, 1 band", { ...small, sampleRateHz: 8000, fftSamples: 64, hopSamples: 64, melBands: 1 }],
    ["256 bands of 1024", { ...small, fftSamples: 1024, melBands: 256 }],
    ["48 kHz, 4096", { ...small, sampleRateHz: 48_000, fftSamples: 4096, hopSamples: 512, melBands: 128 }],
  ])("agree with the naive formula to 1e-4: %s", async (_, config) => {
    const samples = makeNoise(config.fftSamples, 3);
    const naive = computeNaiveLogMel(samples, config);
    expect(findLargestDifference(await extract(config, samples), naive)).toBeLessThan(1e-4);
  });

  it("agree with the naive formula to 1e-4 for any level and tone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 20, max: 7900, noNaN: true }),
        async (amplitude, frequencyHz) => {
          const tone = makeTone(512, frequencyHz, 16_000, amplitude);
          const naive = computeNaiveLogMel(tone, small);
          expect(findLargestDifference(await extract(small, tone), naive)).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("are what Meyda.extract itself gives for the samples times the scale", async () => {
    const samples = makeNoise(4096, 5);
    const values = await extract(defaultFeatureConfig, samples);
    Object.assign(Meyda, {
      bufferSize: 2048,
      sampleRate: 44_100,
      melBands: 96,
      numberOfMFCCCoefficients: 13,
    });
    const direct = [0, 1024, 2048].flatMap((start) =>
      readMelBands(samples.slice(start, start + 2048).map((sample) => sample * 32_768)),
    );
    expect(findLargestDifference(values, Float32Array.from(direct))).toBe(0);
  });
});

describe("Meyda's global state", () => {
  const configs = [
    defaultFeatureConfig,
    small,
    { ...small, sampleRateHz: 8000 }, // only the rate differs: Meyda itself would keep the old bank
    { ...small, fftSamples: 1024 },
  ];

  it("does not leak between extractors whose calls are interleaved", async () => {
    const alone = await Promise.all(configs.map((config) => extract(config, makeNoise(4096, 7))));
    const extractors = configs.map(createMeydaExtractor);
    for (let round = 0; round < 2; round++) {
      for (const [index, extractor] of extractors.entries()) {
        expect((await extractor.extract(makeNoise(4096, 7))).values).toEqual(alone[index]);
      }
    }
  });

  it("is neither used nor changed, whatever others set", async () => {
    const samples = makeNoise(1024, 9);
    const before = await extract(small, samples);
    // a bank of as many bands for another rate, which Meyda would take for its own
    Object.assign(Meyda, { bufferSize: 512, sampleRate: 8000, melBands: 40, numberOfMFCCCoefficients: 13 });
    readMelBands(makeNoise(512, 1));
    expect(await extract(small, samples)).toEqual(before);
    Object.assign(Meyda, { bufferSize: 256, sampleRate: 1000, melBands: 3, windowingFunction: "rect" });
    readMelBands(makeNoise(256, 1));
    expect(await extract(small, samples)).toEqual(before);
    expect({ ...Meyda }).toMatchObject({ bufferSize: 256, sampleRate: 1000, melBands: 3 });
    Object.assign(Meyda, { windowingFunction: "hanning" });
  });
});

/** `Meyda` as Node imports it, whatever its types say. */
function readMelBands(signal: Float32Array): number[] {
  const extract: unknown = "extract" in Meyda ? Meyda.extract : undefined;
  if (typeof extract !== "function") throw new TypeError("expected Meyda.extract");
  const bands: unknown = Reflect.apply(extract, Meyda, ["melBands", signal]);
  return Array.isArray(bands) ? bands.map(Number) : [];
}
