import { at } from "../../common/at.ts";
import type { Interval } from "../../common/bound-fraction.ts";
import { createRandom } from "../../common/random.ts";

interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
}

/**
 * Percentile bootstrap (Efron 1979): each statistic is measured on resampled clips, drawn with replacement.
 * @param measure statistics of the clips at these indices; null where undefined, which is left out
 * @returns one interval a statistic; null for one that was never defined
 */
export function bootstrap(
  clips: number,
  measure: (indices: Uint32Array) => readonly (number | null)[],
  { resamples, seed }: BootstrapOptions,
): (Interval | null)[] {
  if (clips === 0) return [];
  const random = createRandom(seed, "report/bootstrap");
  const indices = new Uint32Array(clips);
  const samples: number[][] = [];
  for (let resample = 0; resample < resamples; resample++) {
    for (let clip = 0; clip < clips; clip++) indices[clip] = random.integer(clips);
    for (const [statistic, value] of measure(indices).entries()) {
      const values = (samples[statistic] ??= []);
      if (value !== null) values.push(value);
    }
  }
  return samples.map((values) => {
    values.sort((a, b) => a - b);
    return values.length === 0 ? null : { low: quantile(values, 0.025), high: quantile(values, 0.975) };
  });
}

/** Linear between neighbours, as NumPy's default. */
function quantile(sorted: readonly number[], fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const low = at(sorted, Math.floor(position));
  const high = at(sorted, Math.ceil(position));
  return low + (position - Math.floor(position)) * (high - low);
}
