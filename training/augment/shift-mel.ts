import type { Random } from "../../datasets/random.ts";
import type { MelPower } from "./mel-power.ts";

/** Moves the sound up or down: out[band] = in[clamp(band - u)], u a uniform integer in [-limit, limit]. */
export function shiftMel(clip: MelPower, limit: number, random: Random): MelPower {
  const { power, bands } = clip;
  const shift = random.integer(2 * limit + 1) - limit;
  if (shift === 0) return clip;
  const sources = Int32Array.from({ length: bands }, (_, band) =>
    Math.min(bands - 1, Math.max(0, band - shift)),
  );
  const shifted = new Float32Array(power.length);
  for (let row = 0; row < power.length; row += bands)
    for (let band = 0; band < bands; band++) shifted[row + band] = power[row + (sources[band] ?? 0)] ?? 0;
  return { ...clip, power: shifted };
}
