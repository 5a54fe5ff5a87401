import type { Random } from "../../../common/random.ts";
import { addNoise } from "./add-noise.ts";
import type { AugmentationConfig } from "../../../run-files/augmentation-config.ts";
import { changeGain } from "./change-gain.ts";
import { cropAndWrap } from "./crop-and-wrap.ts";
import { equalise } from "./equalise.ts";
import { takePass, type ClipPower, type MelPower } from "./mel-power.ts";
import { placeInBed } from "./place-in-bed.ts";
import { shiftMel } from "./shift-mel.ts";

/**
 * What happens to one clip before mixing, in this order: a random speed; crop or roll, or its sound placed in a bed;
 * filter, shift over the bands, gain, noise. Returns new values.
 * @param speeds the same clip at each speed @param recordings of background, for beds
 */
export function augmentPower(
  speeds: readonly ClipPower[],
  config: AugmentationConfig,
  random: Random,
  recordings: readonly MelPower[] = [],
): MelPower {
  const clip = speeds[random.integer(speeds.length)];
  if (clip === undefined) throw new RangeError("expected a clip at one speed at least");
  const { placement } = config;
  const frames = config.cropFrames ?? clip.frames;
  const moved =
    placement !== null && random.next() < placement.fraction
      ? placeInBed(takePass(clip), frames, placement, recordings, random)
      : crop(clip, frames, config, random);
  if (config.equaliserDecades > 0) equalise(moved, config.equaliserDecades, random);
  if (config.melShiftBands > 0) shiftMel(moved, config.melShiftBands, random);
  if (config.gainDecibels > 0) changeGain(moved, config.gainDecibels, random);
  if (config.noise !== null) addNoise(moved, config.noise, random);
  return moved;
}

function crop(
  clip: MelPower,
  frames: number,
  { cropFrames, rollTime }: AugmentationConfig,
  random: Random,
): MelPower {
  return cropAndWrap(clip, cropFrames === null && !rollTime ? 0 : random.integer(clip.frames), frames);
}
