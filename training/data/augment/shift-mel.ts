import { at } from "../../../common/at.ts";
import type { Random } from "../../../common/random.ts";
import type { MelPower } from "./mel-power.ts";

/** Moves the sound up or down, in place: out[band] = in[clamp(band - u)], u a uniform integer in [-limit, limit]. */
export function shiftMel({ power, bands }: MelPower, limit: number, random: Random): void {
  const shift = Math.max(-bands, Math.min(bands, random.integer(2 * limit + 1) - limit));
  for (let row = 0; row < power.length; row += bands) {
    const end = row + bands;
    if (shift > 0) {
      const lowest = at(power, row);
      power.copyWithin(row + shift, row, end - shift).fill(lowest, row, row + shift);
    } else {
      const highest = at(power, end - 1);
      power.copyWithin(row, row - shift, end).fill(highest, end + shift, end);
    }
  }
}
