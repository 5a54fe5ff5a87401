/** A 95 % interval: [low, high]. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const normalQuantile = 1.959963984540054; // of 0.975

/** Wilson's score interval of a fraction (Wilson 1927): inside [0, 1], and honest for few clips or a fraction of 1. */
export function boundFraction(hits: number, clips: number): Interval | null {
  if (clips === 0) return null;
  const fraction = hits / clips;
  const z = normalQuantile ** 2 / clips;
  const centre = (fraction + z / 2) / (1 + z);
  const reach = (normalQuantile / (1 + z)) * Math.sqrt((fraction * (1 - fraction)) / clips + z / (4 * clips));
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}
