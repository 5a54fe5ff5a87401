import { at } from "../../common/at.ts";
import type { Standardisation } from "../../features/input-transform.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { UserError } from "../../common/user-error.ts";

/** Below this a band counts as constant: dividing by its deviation would only magnify rounding. */
const minDeviation = 1e-6;

/**
 * Mean and deviation (the population's) of each band over all frames of the training clips, after level and clip
 * mean. A constant band gets deviation 1, so that it enters the network as zeros.
 * @throws UserError when no band varies, or a value is not finite
 */
export function computeStandardisation(clips: readonly LogMel[]): Standardisation {
  const { bands } = at(clips, 0);
  const mean = new Float64Array(bands);
  const deviation = new Float64Array(bands);
  const frames = clips.reduce((sum, clip) => sum + clip.frames, 0);
  accumulate(clips, mean, (value) => value / frames);
  accumulate(clips, deviation, (value, band) => (value - at(mean, band)) ** 2 / frames);
  const deviations = Array.from(deviation, Math.sqrt);
  if (!deviations.every(Number.isFinite))
    throw new UserError("features of the training clips: expected finite values, got NaN or infinity");
  if (deviations.every((value) => value < minDeviation))
    throw new UserError(
      `features of the ${clips.length} training clips: expected sounds that differ, got the same value everywhere (silence?)`,
    );
  return {
    mean: [...mean],
    deviation: deviations.map((value) => (value < minDeviation ? 1 : value)),
  };
}

function accumulate(
  clips: readonly LogMel[],
  sums: Float64Array,
  term: (value: number, band: number) => number,
): void {
  const bands = sums.length;
  for (const { values } of clips)
    for (const [index, value] of values.entries()) {
      const band = index % bands;
      sums[band] = at(sums, band) + term(value, band);
    }
}
