import type { Random } from "../../../common/random.ts";
import { equalise } from "./equalise.ts";
import type { MelPower } from "./mel-power.ts";
import { takeLogs } from "./take-logs.ts";

/**
 * Steady noise of a random colour: level x 10^C[band] x E, where C runs linearly between five points over the bands,
 * each uniform in [-decades, decades], and E is exponential of mean 1 for each cell (the power of Gaussian noise).
 */
export function drawBed(
  { frames, bands, level, decades }: Omit<MelPower, "power"> & { level: number; decades: number },
  random: Random,
): MelPower {
  const power = new Float32Array(frames * bands);
  // -ln(1 - u) is ln of a number from 1 on, as `takeLogs` wants it.
  for (let index = 0; index < power.length; index++) power[index] = 1 / (1 - random.next());
  takeLogs(power);
  // An inner loop: `?? 0` is never taken, and `at` would cost time.
  for (let index = 0; index < power.length; index++) power[index] = level * (power[index] ?? 0);
  const bed = { power, frames, bands };
  if (decades > 0) equalise(bed, decades, random);
  return bed;
}
