/** Gives each layer that draws random numbers a seed of its own. */
export type SeedSource = () => number;

/** Seeds 10,000 apart for neighbouring networks, so that no two layers of two runs share one. */
export function createSeedSource(seed: number): SeedSource {
  let next = seed * 10_000;
  return () => next++;
}
