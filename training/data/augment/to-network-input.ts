import { at } from "../../../common/at.ts";
import type { FeatureConfig } from "../../../features/feature-config.ts";
import type { Standardisation } from "../../../features/input-transform.ts";
import type { LogMel } from "../../../features/log-mel.ts";
import { computeMeanPower, type MelPower } from "./mel-power.ts";
import { takeLogs } from "./take-logs.ts";

/**
 * The model's input transform, from mel power: P x level / mean(P), x = ln(1 + P), x - fraction (mean of x over time),
 * (x - mean) / deviation for each band. The same numbers as features/input-transform.ts gives from the log-mel, but
 * in place, for training does this to every batch: the power's memory becomes that of the features.
 */
export function toNetworkInput(
  clip: MelPower,
  { clipLevel, clipMeanFraction }: Pick<FeatureConfig, "clipLevel" | "clipMeanFraction">,
  { mean, deviation }: Standardisation,
): LogMel {
  const { power: values, frames, bands } = clip;
  const meanPower = clipLevel === null ? 0 : computeMeanPower(clip);
  const gain = clipLevel === null || meanPower <= 0 ? 1 : clipLevel / meanPower; // silence has no level
  // In these inner loops over every value of a batch, `at` would double the time.
  for (let index = 0; index < values.length; index++) values[index] = 1 + gain * (values[index] ?? 0);
  takeLogs(values);
  const offsets = sumOverTime(values, bands).map(
    (sum, band) => (clipMeanFraction * sum) / frames + at(mean, band),
  );
  const scales = Float64Array.from(deviation, (value) => 1 / value);
  for (let row = 0; row < values.length; row += bands)
    for (let band = 0; band < bands; band++)
      values[row + band] = ((values[row + band] ?? 0) - (offsets[band] ?? 0)) * (scales[band] ?? 1);
  return { values, frames, bands };
}

function sumOverTime(values: Float32Array, bands: number): Float64Array {
  const sums = new Float64Array(bands);
  for (let row = 0; row < values.length; row += bands)
    for (let band = 0; band < bands; band++) sums[band] = (sums[band] ?? 0) + (values[row + band] ?? 0);
  return sums;
}
