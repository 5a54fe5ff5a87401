/** Gives each layer that draws random numbers a seed of its own. */
export type SeedSource = () => number;

/**
 * Seeds 10,000 apart for neighbouring networks, so that no two layers of two runs share one. They start at 1: TF.js
 * takes a seed of 0 for none.
 */
export function createSeedSource(seed: number): SeedSource {
  let next = 10_000 * seed + 1;
  return () => next++;
}
