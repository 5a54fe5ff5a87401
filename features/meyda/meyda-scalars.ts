import type { FeatureConfig } from "../feature-config.ts";
import { createMeyda } from "./meyda.ts";
import { countColumns, countFeatureColumns, type ScalarFeature } from "./scalar-features.ts";

/** Meyda's own defaults, so that `mfcc` and `chroma` mean what its documentation says. */
const meydaDefaults = { melBands: 26, numberOfMFCCCoefficients: 13, windowingFunction: "hanning" };

/** Writes the scalar features of one frame into the columns behind its mel bands. */
export type ScalarWriter = (frame: Float32Array, columns: Float32Array) => void;

/**
 * Meyda's scalar features of a frame, of samples as they are (full scale 1, not times `sampleScale`). Where Meyda
 * divides by the power of silence and gives NaN or Infinity, the column is 0.
 * @returns undefined when the config names none
 */
export function createScalarWriter(config: FeatureConfig): ScalarWriter | undefined {
  const { scalarFeatures, melBands, fftSamples, sampleRateHz } = config;
  if (scalarFeatures.length === 0) return undefined;
  const meyda = createMeyda({ ...meydaDefaults, bufferSize: fftSamples, sampleRate: sampleRateHz });
  const width = countColumns(config);
  return (frame, columns) => {
    const features = new Map(Object.entries(meyda.extract(scalarFeatures, frame) ?? {}));
    let column = melBands;
    for (const feature of scalarFeatures) {
      const numbers = readNumbers(feature, features.get(feature));
      columns.set(numbers.map(replaceUndefined), column);
      column += numbers.length;
    }
    if (column !== width) throw new TypeError(`meyda: expected ${width} columns, got ${column}`);
  };
}

function replaceUndefined(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function readNumbers(feature: ScalarFeature, value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (isNumbers(value) && value.length === countFeatureColumns(feature)) return value;
  if (typeof value === "object" && value !== null && "total" in value && typeof value.total === "number") {
    return [value.total];
  }
  throw new TypeError(`meyda: expected ${countFeatureColumns(feature)} numbers for ${feature}`);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}
