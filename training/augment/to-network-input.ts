import type { FeatureConfig } from "../../features/feature-config.ts";
import type { Standardisation } from "../../features/input-transform.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { computeMeanPower, type MelPower } from "./mel-power.ts";

/**
 * The model's input transform, from mel power: P x level / mean(P), x = ln(1 + P), x - share (mean of x over time),
 * (x - mean) / deviation for each band. The same numbers as features/input-transform.ts gives from the log-mel, in
 * two passes over the values, for training does this to every batch.
 */
export function toNetworkInput(
  clip: MelPower,
  { clipLevel, clipMeanShare }: Pick<FeatureConfig, "clipLevel" | "clipMeanShare">,
  { mean, deviation }: Standardisation,
): LogMel {
  const { power, frames, bands } = clip;
  const meanPower = clipLevel === null ? 0 : computeMeanPower(clip);
  const gain = clipLevel === null || meanPower <= 0 ? 1 : clipLevel / meanPower; // silence has no level
  const values = new Float32Array(power.length);
  const sums = new Float64Array(bands);
  for (let row = 0; row < values.length; row += bands)
    for (let band = 0; band < bands; band++) {
      const value = Math.log(1 + gain * (power[row + band] ?? 0));
      values[row + band] = value;
      sums[band] = (sums[band] ?? 0) + value;
    }
  const offsets = sums.map((sum, band) => (clipMeanShare * sum) / frames + (mean[band] ?? 0));
  const scales = Float64Array.from(deviation, (value) => 1 / value);
  for (let row = 0; row < values.length; row += bands)
    for (let band = 0; band < bands; band++)
      values[row + band] = ((values[row + band] ?? 0) - (offsets[band] ?? 0)) * (scales[band] ?? 1);
  return { values, frames, bands };
}
