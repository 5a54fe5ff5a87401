import { at } from "../../../common/at.ts";
import type { Random } from "../../../common/random.ts";
import { computeMeanPower, type MelPower } from "./mel-power.ts";

export interface MixedExample {
  readonly clip: MelPower;
  /** Target distribution over the classes. */
  readonly target: Float32Array;
}

/**
 * Between-class mixing (Tokozume et al. 2018) in the power domain: each example is mixed with the one that a random
 * permutation of the batch puts beside it, r P1 / mean(P1) + (1 - r) P2 / mean(P2), r uniform in [0, 1) for each, and
 * its target likewise, r t1 + (1 - r) t2. A silent clip is not divided.
 */
export function mixClasses(batch: readonly MixedExample[], random: Random): MixedExample[] {
  const partners = random.shuffle([...batch.keys()]);
  const scales = batch.map(({ clip }) => 1 / (computeMeanPower(clip) || 1));
  return batch.map((example, index) => {
    const partnerIndex = at(partners, index);
    const partner = at(batch, partnerIndex);
    const fraction = random.next();
    const power = addScaled(
      { values: example.clip.power, factor: fraction * at(scales, index) },
      { values: partner.clip.power, factor: (1 - fraction) * at(scales, partnerIndex) },
    );
    const target = addScaled(
      { values: example.target, factor: fraction },
      { values: partner.target, factor: 1 - fraction },
    );
    return { clip: { ...example.clip, power }, target };
  });
}

interface Scaled {
  readonly values: Float32Array;
  readonly factor: number;
}

function addScaled(a: Scaled, b: Scaled): Float32Array {
  const sum = new Float32Array(a.values.length);
  // An inner loop over every value of a batch: `at` would double its time.
  for (let index = 0; index < sum.length; index++)
    sum[index] = a.factor * (a.values[index] ?? 0) + b.factor * (b.values[index] ?? 0);
  return sum;
}
