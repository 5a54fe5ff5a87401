import type { FeatureConfig } from "./feature-config.ts";
import type { LogMel } from "./log-mel.ts";

/** Per-band statistics of the training folds' features, after level and clip mean; both have `melBands` entries. */
export interface Standardisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

type ClipNormalisation = Pick<FeatureConfig, "clipLevel" | "clipMeanShare">;

/**
 * Level and clip mean of one clip: mel power scaled to a mean of `clipLevel`, log(1 + P), then minus `clipMeanShare`
 * of each band's mean over time. Returns new values; with both settings off, a copy.
 */
export function normaliseClip(clip: LogMel, config: ClipNormalisation): LogMel {
  const values = clip.values.slice();
  if (config.clipLevel !== null) scaleToLevel(values, config.clipLevel);
  if (config.clipMeanShare > 0) subtractBandMeans(values, clip.bands, config.clipMeanShare);
  return { ...clip, values };
}

/** (x - mean) / deviation for each band, in place. */
export function standardise(values: Float32Array, { mean, deviation }: Standardisation): void {
  const bands = mean.length;
  for (let index = 0; index < values.length; index++) {
    const band = index % bands;
    values[index] = ((values[index] ?? 0) - (mean[band] ?? 0)) / (deviation[band] ?? 1);
  }
}

function scaleToLevel(values: Float32Array, level: number): void {
  let sum = 0;
  for (const value of values) sum += Math.expm1(value);
  if (sum <= 0) return; // silence has no level
  const gain = (level * values.length) / sum;
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.log1p(gain * Math.expm1(values[index] ?? 0));
  }
}

function subtractBandMeans(values: Float32Array, bands: number, share: number): void {
  const frames = values.length / bands;
  for (let band = 0; band < bands; band++) {
    let sum = 0;
    for (let index = band; index < values.length; index += bands) sum += values[index] ?? 0;
    const offset = (share * sum) / frames;
    for (let index = band; index < values.length; index += bands)
      values[index] = (values[index] ?? 0) - offset;
  }
}
