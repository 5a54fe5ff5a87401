import { checkExtractionConfig } from "../check-config.ts";
import type { FeatureExtractor } from "../extractor.ts";
import { countFrames, type FeatureConfig } from "../feature-config.ts";
import type { LogMel } from "../log-mel.ts";
import { createMeyda, type Meyda } from "./meyda.ts";
import { createScalarWriter } from "./meyda-scalars.ts";
import { countColumns } from "./scalar-features.ts";

const defaultMfccCoefficients = 13;

/**
 * The reference extractor: Meyda's own `melBands` of each frame (symmetric Hann window, power of the first half of
 * the FFT, triangles on the mel scale, ln(1 + x)), samples times `sampleScale`. About 1 ms a frame.
 *
 *     const { values, frames, bands } = await createMeydaExtractor(config).extract(samples);
 *
 * @throws UserError for a window that is no power of two or a clip shorter than one
 */
export function createMeydaExtractor(config: FeatureConfig): FeatureExtractor {
  checkExtractionConfig(config, "meyda");
  const meyda = createMeyda({
    bufferSize: config.fftSamples,
    sampleRate: config.sampleRateHz,
    melBands: config.melBands,
    numberOfMFCCCoefficients: Math.min(defaultMfccCoefficients, config.melBands), // more would add mel bands
    windowingFunction: "hanning",
  });
  const writeScalars = createScalarWriter(config);

  const extract = (samples: Float32Array): LogMel => {
    const { fftSamples, hopSamples, sampleScale } = config;
    const frames = countFrames(config, samples.length);
    const bands = countColumns(config);
    const values = new Float32Array(frames * bands);
    for (let index = 0; index < frames; index++) {
      const frame = samples.slice(index * hopSamples, index * hopSamples + fftSamples);
      const columns = values.subarray(index * bands, (index + 1) * bands);
      writeScalars?.(frame, columns);
      columns.set(
        extractMelBands(
          meyda,
          frame.map((sample) => sample * sampleScale),
        ),
      );
    }
    return { values, frames, bands };
  };
  return {
    name: "meyda",
    extract: (samples) => Promise.resolve(extract(samples)),
    dispose: () => Promise.resolve(),
  };
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
