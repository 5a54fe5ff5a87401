import type { Random } from "../../../common/random.ts";
import type { MelPower } from "./mel-power.ts";

/** P x 10^(u / 10), in place, with u uniform in [-decibels, decibels]. Without effect where a level is set after it. */
export function changeGain({ power }: MelPower, decibels: number, random: Random): void {
  const factor = 10 ** (((2 * random.next() - 1) * decibels) / 10);
  // An inner loop over every value of a batch: `at` would double its time.
  for (let index = 0; index < power.length; index++) power[index] = (power[index] ?? 0) * factor;
}
