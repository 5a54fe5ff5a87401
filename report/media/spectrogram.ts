import { encodePng } from "../../common/encode-png.ts";
import type { LogMel } from "../../features/log-mel.ts";

type Colour = readonly [red: number, green: number, blue: number];

/** Stops of the palette, dark to light: even steps of lightness, so that it also prints in grey. */
const stops: readonly Colour[] = [
  [8, 10, 24],
  [30, 42, 94],
  [38, 98, 146],
  [90, 158, 168],
  [190, 212, 176],
  [253, 250, 220],
];

const palette: readonly Colour[] = Array.from({ length: 256 }, (_, index) => mixStops(index / 255));

/** Log-mel as a picture: time to the right, pitch upwards, one pixel a frame and band, brightest at the clip's peak. */
export function drawSpectrogram({ values, frames, bands }: LogMel): Uint8Array {
  const peak = values.reduce((most, value) => Math.max(most, value), 0);
  const floor = values.reduce((least, value) => Math.min(least, value), peak);
  const range = peak > floor ? peak - floor : 1;
  const pixels = new Uint8Array(frames * bands);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      const value = values[frame * bands + band] ?? floor;
      pixels[(bands - 1 - band) * frames + frame] = Math.round((255 * (value - floor)) / range);
    }
  }
  return encodePng(pixels, frames, palette);
}

function mixStops(share: number): Colour {
  const place = share * (stops.length - 1);
  const from = stops[Math.floor(place)] ?? stops[0];
  const to = stops[Math.ceil(place)] ?? from;
  if (from === undefined || to === undefined) return [0, 0, 0];
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (place - Math.floor(place)) * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}
