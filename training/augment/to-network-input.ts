import type { FeatureConfig } from "../../features/feature-config.ts";
import { normaliseClip, standardise, type Standardisation } from "../../features/input-transform.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { computeMeanPower, type MelPower } from "./mel-power.ts";

/**
 * The model's input transform, from mel power: P x level / mean(P), x = ln(1 + P), x - share (mean of x over time),
 * (x - mean) / deviation for each band. The same numbers as features/input-transform.ts gives from the log-mel, with
 * one logarithm a value in place of two and an exponential.
 */
export function toNetworkInput(
  clip: MelPower,
  { clipLevel, clipMeanShare }: Pick<FeatureConfig, "clipLevel" | "clipMeanShare">,
  standardisation: Standardisation,
): LogMel {
  const { power, frames, bands } = clip;
  const mean = clipLevel === null ? 0 : computeMeanPower(clip);
  const gain = clipLevel === null || mean <= 0 ? 1 : clipLevel / mean; // silence has no level
  const values = new Float32Array(power.length);
  for (let index = 0; index < values.length; index++)
    values[index] = Math.log(1 + gain * (power[index] ?? 0));
  const normalised = normaliseClip({ values, frames, bands }, { clipLevel: null, clipMeanShare });
  standardise(normalised.values, standardisation);
  return normalised;
}
