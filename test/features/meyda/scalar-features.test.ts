import Meyda from "meyda";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  defaultFeatureConfig,
  featureConfigSchema,
  hashExtraction,
} from "../../../features/feature-config.ts";
import { createGraphExtractor } from "../../../features/graph/graph-extractor.ts";
import { normaliseClip } from "../../../features/input-transform.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { countColumns, scalarFeatureNames } from "../../../features/meyda/scalar-features.ts";
import { findLargestDifference, makeNoise, makeTone } from "../signals.ts";

const plain = {
  ...defaultFeatureConfig,
  sampleRateHz: 16_000,
  fftSamples: 512,
  hopSamples: 256,
  melBands: 40,
};
const config = { ...plain, scalarFeatures: [...scalarFeatureNames] };
const oneThread = { session: { intraOpNumThreads: 1 } };

it("widens a frame by the columns of the features it names", () => {
  expect(countColumns(plain)).toBe(40);
  expect(countColumns({ ...plain, scalarFeatures: ["rms", "mfcc", "chroma"] })).toBe(40 + 1 + 13 + 12);
});

it("is part of the extraction hash", () => {
  expect(hashExtraction({ ...plain, scalarFeatures: ["rms"] })).not.toBe(hashExtraction(plain));
});

it("refuses a feature that Meyda does not have, and spectralFlux, on which it throws", () => {
  const parse = (name: string): boolean => featureConfigSchema.safeParse({ scalarFeatures: [name] }).success;
  expect([parse("rms"), parse("spectralFlux"), parse("loudnes")]).toEqual([true, false, false]);
  const signal = makeNoise(512, 1);
  expect(() => callMeyda("spectralFlux", signal, signal)).toThrow(); // once it works it can join the list
});

describe("the values", () => {
  it("are Meyda's own, of the samples as they are", async () => {
    const sound = makeTone(768, 1000, 16_000).map(
      (sample, index) => sample + (makeNoise(768, 1, 0.1)[index] ?? 0),
    );
    const { values, frames, bands } = await createMeydaExtractor(config).extract(sound);
    const frame = sound.slice(256);
    Object.assign(Meyda, { bufferSize: 512, sampleRate: 16_000, melBands: 26, numberOfMFCCCoefficients: 13 });
    Object.assign(Meyda, { melFilterBank: undefined, barkScale: undefined, chromaFilterBank: undefined });
    const expected = scalarFeatureNames.flatMap((name) => flatten(callMeyda(name, frame)));
    expect(frames).toBe(2);
    expect([...values.subarray(bands + 40)]).toEqual([...Float32Array.from(expected)]);
  });

  it("are finite for silence, where Meyda divides by zero", async () => {
    const { values } = await createMeydaExtractor(config).extract(new Float32Array(512));
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it("leave the mel bands as they are without", async () => {
    const sound = makeNoise(1024, 2);
    const narrow = await createMeydaExtractor(plain).extract(sound);
    const wide = await createMeydaExtractor(config).extract(sound);
    const bands = wide.values.filter((_, index) => index % wide.bands < 40);
    expect(bands).toEqual(narrow.values);
  });

  it("are the same beside the graph's mel bands", async () => {
    const sound = makeNoise(512 * 300, 3);
    const few = { ...plain, scalarFeatures: ["rms", "zcr", "mfcc"] as const };
    const settings = { ...few, scalarFeatures: [...few.scalarFeatures] };
    const graph = await createGraphExtractor(settings, ort, oneThread);
    const [ours, theirs] = [await graph.extract(sound), await createMeydaExtractor(settings).extract(sound)];
    expect(ours.bands).toBe(55);
    expect(findLargestDifference(ours.values, theirs.values)).toBeLessThan(1e-4);
    await graph.dispose();
  });

  it("are not touched by level and clip mean", async () => {
    const clip = await createMeydaExtractor(config).extract(makeNoise(2048, 4));
    const settings = { ...config, clipLevel: 1e5, clipMeanFraction: 0.75 };
    const normalised = normaliseClip(clip, settings);
    const isScalar = (_: number, index: number): boolean => index % clip.bands >= 40;
    expect(normalised.values.filter(isScalar)).toEqual(clip.values.filter(isScalar));
    const narrow = await createMeydaExtractor(plain).extract(makeNoise(2048, 4));
    const bands = normalised.values.filter((_, index) => index % clip.bands < 40);
    expect(findLargestDifference(bands, normaliseClip(narrow, settings).values)).toBeLessThan(1e-6);
  });
});

/** `Meyda` as Node imports it, whatever its types say. */
function callMeyda(name: string, ...signals: Float32Array[]): unknown {
  const extract: unknown = "extract" in Meyda ? Meyda.extract : undefined;
  if (typeof extract !== "function") throw new TypeError("expected Meyda.extract");
  return Reflect.apply(extract, Meyda, [name, ...signals]);
}

function flatten(value: unknown): number[] {
  if (Array.isArray(value)) return value.map(Number);
  return [
    typeof value === "object" && value !== null && "total" in value ? Number(value.total) : Number(value),
  ];
}
