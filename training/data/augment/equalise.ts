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
    const share = position - left;
    return 10 ** ((heights[left] ?? 0) * (1 - share) + (heights[left + 1] ?? 0) * share);
  });
  for (let row = 0; row < power.length; row += bands)
    for (let band = 0; band < bands; band++)
      power[row + band] = (power[row + band] ?? 0) * (factors[band] ?? 1);
}
