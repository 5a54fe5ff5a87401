import { at } from "../../../common/at.ts";
import { silentFraction } from "../../../features/fit-clip.ts";
import type { ClipPower, MelPower } from "./mel-power.ts";

/**
 * Finds the sound of a clip that was filled up to its length. Its silent ends are left out as `fitClip` does (up to a
 * millionth of the loudest frame's power); then it is the shortest run of frames that gives the rest when it is
 * repeated. Recorded frames never equal one another in every band, so only a looped clip is shortened.
 *
 *     findPass({ power: Float32Array.of(1, 2, 3, 1, 2), frames: 5, bands: 1 }).pass; // { first: 0, length: 3 }
 */
export function findPass(clip: MelPower): ClipPower {
  const powers = Float64Array.from({ length: clip.frames }, (_, frame) => sumFrame(clip, frame));
  const threshold = silentFraction * powers.reduce((max, power) => Math.max(max, power), 0);
  const first = powers.findIndex((power) => power > threshold);
  if (first < 0) return { ...clip, pass: { first: 0, length: clip.frames } };
  const last = powers.findLastIndex((power) => power > threshold);
  return { ...clip, pass: { first, length: findPeriod(clip, first, last - first + 1) } };
}

/**
 * The shortest period of a run of frames, by the prefix function of Knuth, Morris and Pratt (1977): the run's length
 * minus that of its longest border.
 */
function findPeriod(clip: MelPower, first: number, length: number): number {
  const borders = new Int32Array(length);
  for (let end = 1, border = 0; end < length; end++) {
    while (border > 0 && !areEqual(clip, first + border, first + end)) border = at(borders, border - 1);
    if (areEqual(clip, first + border, first + end)) border++;
    borders[end] = border;
  }
  return length - at(borders, length - 1);
}

function areEqual({ power, bands }: MelPower, a: number, b: number): boolean {
  for (let band = 0; band < bands; band++)
    if (power[a * bands + band] !== power[b * bands + band]) return false;
  return true;
}

function sumFrame({ power, bands }: MelPower, frame: number): number {
  let sum = 0;
  for (let index = frame * bands; index < (frame + 1) * bands; index++) sum += at(power, index);
  return sum;
}
