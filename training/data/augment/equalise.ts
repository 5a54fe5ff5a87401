import { at } from "../../../common/at.ts";
import type { Random } from "../../../common/random.ts";
import type { MelPower } from "./mel-power.ts";

const points = 5;

/**
 * A random filter: P x 10^EQ[band], in place. EQ runs linearly between five equally spaced points over the bands,
 * each uniform in [-decades, decades]; half a decade of power is 5 dB.
 */
export function equalise({ power, bands }: MelPower, decades: number, random: Random): void {
  const heights = Array.from({ length: points }, () => (2 * random.next() - 1) * decades);
  const factors = Float32Array.from({ length: bands }, (_, band) => {
    const position = bands === 1 ? 0 : (band * (points - 1)) / (bands - 1);
    const left = Math.min(Math.floor(position), points - 2);
    const fraction = position - left;
    return 10 ** (at(heights, left) * (1 - fraction) + at(heights, left + 1) * fraction);
  });
  // An inner loop over every value of a batch: `at` would double its time.
  for (let row = 0; row < power.length; row += bands)
    for (let band = 0; band < bands; band++)
      power[row + band] = (power[row + band] ?? 0) * (factors[band] ?? 1);
}
