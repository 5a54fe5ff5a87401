import type { FeatureExtractor } from "./extractor.ts";
import { countFrames, type FeatureConfig } from "./feature-config.ts";
import type { LogMel } from "./log-mel.ts";
import { createMeyda, type Meyda } from "./meyda.ts";

const defaultMfccCoefficients = 13;

/**
 * The reference extractor: Meyda's own `melBands` of each frame (symmetric Hann window, power of the first half of
 * the FFT, triangles on the mel scale, ln(1 + x)), samples times `sampleScale`. About 1 ms a frame.
 */
export function createMeydaExtractor(config: FeatureConfig): FeatureExtractor {
  const meyda = createMeyda({
    bufferSize: config.windowSamples,
    sampleRate: config.sampleRateHz,
    melBands: config.melBands,
    numberOfMFCCCoefficients: Math.min(defaultMfccCoefficients, config.melBands), // more would add mel bands
    windowingFunction: "hanning",
  });
  return {
    name: "meyda",
    extract: (samples) => Promise.resolve(extractLogMel(meyda, config, samples)),
    dispose: () => Promise.resolve(),
  };
}

function extractLogMel(meyda: Meyda, config: FeatureConfig, samples: Float32Array): LogMel {
  const { windowSamples, hopSamples, melBands, sampleScale } = config;
  const frames = countFrames(config, samples.length);
  const values = new Float32Array(frames * melBands);
  const scaled = samples.map((sample) => sample * sampleScale);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hopSamples;
    values.set(extractMelBands(meyda, scaled.subarray(start, start + windowSamples)), frame * melBands);
  }
  return { values, frames, bands: melBands };
}

function extractMelBands(meyda: Meyda, frame: Float32Array): number[] {
  const features = meyda.extract(["melBands"], frame);
  if (features === null || !("melBands" in features) || !isNumbers(features.melBands)) {
    throw new TypeError("meyda: expected melBands to be an array of numbers");
  }
  return features.melBands;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && typeof value[0] === "number";
}
