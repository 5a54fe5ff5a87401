import type { Random } from "../../../common/random.ts";
import { computeMeanPower, type MelPower } from "./mel-power.ts";

/**
 * White noise, in place: P + mean(P) 10^(-snr / 10) E, with E exponential of mean 1 (the power of Gaussian noise in
 * one bin, a bin a band) and the signal-to-noise ratio uniform between the two limits in decibels.
 */
export function addNoise(
  clip: MelPower,
  { minDecibels, maxDecibels }: { minDecibels: number; maxDecibels: number },
  random: Random,
): void {
  const ratio = minDecibels + random.next() * (maxDecibels - minDecibels);
  const noise = computeMeanPower(clip) * 10 ** (-ratio / 10);
  const { power } = clip;
  // An inner loop over every value of a batch: `at` would double its time.
  for (let index = 0; index < power.length; index++)
    power[index] = (power[index] ?? 0) - noise * Math.log(1 - random.next());
}
