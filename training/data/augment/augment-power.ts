import type { Random } from "../../../common/random.ts";
import { addNoise } from "./add-noise.ts";
import type { AugmentationConfig } from "../../../run-files/augmentation-config.ts";
import { changeGain } from "./change-gain.ts";
import { cropAndWrap } from "./crop-and-wrap.ts";
import { equalise } from "./equalise.ts";
import type { MelPower } from "./mel-power.ts";
import { shiftMel } from "./shift-mel.ts";

/**
 * What happens to one clip before mixing, in this order: a random speed, crop or roll, filter, shift over the bands,
 * gain, noise. Returns new values.
 * @param speeds the same clip at each speed
 */
export function augmentPower(
  speeds: readonly MelPower[],
  config: AugmentationConfig,
  random: Random,
): MelPower {
  const clip = speeds[random.integer(speeds.length)];
  if (clip === undefined) throw new RangeError("expected a clip at one speed at least");
  const { cropFrames } = config;
  const start = cropFrames === null && !config.rollTime ? 0 : random.integer(clip.frames);
  const moved = cropAndWrap(clip, start, cropFrames ?? clip.frames);
  if (config.equaliserDecades > 0) equalise(moved, config.equaliserDecades, random);
  if (config.melShiftBands > 0) shiftMel(moved, config.melShiftBands, random);
  if (config.gainDecibels > 0) changeGain(moved, config.gainDecibels, random);
  if (config.noise !== null) addNoise(moved, config.noise, random);
  return moved;
}
