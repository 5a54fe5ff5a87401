import * as ort from "onnxruntime-node";
import { afterAll, expect } from "vitest";
import type { FeatureExtractor } from "../../../features/extractor.ts";
import { defaultFeatureConfig, type FeatureConfig } from "../../../features/feature-config.ts";
import type { FeatureGraphOptions } from "../../../features/graph/feature-graph.ts";
import { createGraphExtractor } from "../../../features/graph/graph-extractor.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { findLargestDifference } from "../signals.ts";

export const small: FeatureConfig = {
  ...defaultFeatureConfig,
  sampleRateHz: 16_000,
  fftSamples: 512,
  hopSamples: 128,
  melBands: 40,
};
export const oneThread = { session: { intraOpNumThreads: 1 } };
const extractors: FeatureExtractor[] = [];

type Precision = NonNullable<FeatureGraphOptions["precision"]>;

/** An extractor that is disposed of when the tests have ended. */
export async function createGraph(
  config: FeatureConfig,
  precision: Precision = "float64",
): Promise<FeatureExtractor> {
  const extractor = await createGraphExtractor(config, ort, { ...oneThread, precision });
  extractors.push(extractor);
  return extractor;
}

afterAll(async () => {
  await Promise.all(extractors.map((extractor) => extractor.dispose()));
});

/** Largest difference of log-mel between graph and Meyda. */
export async function compareWithMeyda(
  config: FeatureConfig,
  precision: Precision,
  ...sounds: Float32Array[]
): Promise<number> {
  const graph = await createGraph(config, precision);
  const meyda = createMeydaExtractor(config);
  let largest = 0;
  for (const sound of sounds) {
    const ours = await graph.extract(sound);
    const theirs = await meyda.extract(sound);
    expect([ours.frames, ours.bands]).toEqual([theirs.frames, theirs.bands]);
    largest = Math.max(largest, findLargestDifference(ours.values, theirs.values));
  }
  return largest;
}
