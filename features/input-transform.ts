import type { FeatureConfig } from "./feature-config.ts";
import type { LogMel } from "./log-mel.ts";

/** Per-band statistics of the training folds' features, after level and clip mean; both have `melBands` entries. */
export interface Standardisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Without `melBands`, all columns are mel bands. */
type ClipNormalisation = Pick<FeatureConfig, "clipLevel" | "clipMeanFraction"> &
  Partial<Pick<FeatureConfig, "melBands">>;

/**
 * Level and clip mean of one clip: mel power scaled to a mean of `clipLevel`, log(1 + P), then minus `clipMeanFraction`
 * of each band's mean over time. Columns of scalar features, behind the mel bands, stay as they are. Returns new values;
 * with both settings off, a copy.
 */
export function normaliseClip(clip: LogMel, config: ClipNormalisation): LogMel {
  const values = clip.values.slice();
  const { melBands = clip.bands, clipLevel, clipMeanFraction } = config;
  if (clipLevel !== null) scaleToLevel(values, { columns: clip.bands, melBands, level: clipLevel });
  if (clipMeanFraction > 0)
    subtractBandMeans(values, { columns: clip.bands, melBands, fraction: clipMeanFraction });
  return { ...clip, values };
}

/** (x - mean) / deviation for each band, in place. */
export function standardise(values: Float32Array, { mean, deviation }: Standardisation): void {
  const bands = mean.length;
  for (let index = 0; index < values.length; index++) {
    const band = index % bands; // an inner loop: every index exists
    values[index] = ((values[index] ?? 0) - (mean[band] ?? 0)) / (deviation[band] ?? 1);
  }
}

function scaleToLevel(
  values: Float32Array,
  { columns, melBands, level }: { columns: number; melBands: number; level: number },
): void {
  let sum = 0; // inner loops: every index exists
  for (let index = 0; index < values.length; index++) {
    if (index % columns < melBands) sum += Math.expm1(values[index] ?? 0);
  }
  if (sum <= 0) return; // silence has no level
  const gain = (level * melBands * (values.length / columns)) / sum;
  for (let index = 0; index < values.length; index++) {
    if (index % columns < melBands) values[index] = Math.log1p(gain * Math.expm1(values[index] ?? 0));
  }
}

function subtractBandMeans(
  values: Float32Array,
  { columns, melBands, fraction }: { columns: number; melBands: number; fraction: number },
): void {
  const frames = values.length / columns;
  for (let band = 0; band < melBands; band++) {
    let sum = 0; // inner loops: every index exists
    for (let index = band; index < values.length; index += columns) sum += values[index] ?? 0;
    const offset = (fraction * sum) / frames;
    for (let index = band; index < values.length; index += columns) {
      values[index] = (values[index] ?? 0) - offset;
    }
  }
}
