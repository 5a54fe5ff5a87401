import { at } from "./at.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** The spectrograms' colours, from silence to the loudest, dark to bright in even steps of lightness. */
export const spectrumStops: readonly Colour[] = [
  [11, 11, 14],
  [58, 20, 12],
  [143, 47, 12],
  [232, 100, 31],
  [255, 178, 122],
  [255, 244, 228],
];

/**
 * Colours at even distances between stops, the first and the last stop included.
 *
 *     mixColours([[0, 0, 0], [100, 0, 0]], 3); // [[0, 0, 0], [50, 0, 0], [100, 0, 0]]
 *
 * @param stops at least one
 * @param steps at least two
 */
export function mixColours(stops: readonly Colour[], steps: number): Colour[] {
  return Array.from({ length: steps }, (_, step) => {
    const place = (step / (steps - 1)) * (stops.length - 1);
    const from = at(stops, Math.floor(place));
    const to = at(stops, Math.ceil(place));
    const mix = (channel: 0 | 1 | 2): number =>
      Math.round(from[channel] + (to[channel] - from[channel]) * (place - Math.floor(place)));
    return [mix(0), mix(1), mix(2)];
  });
}
