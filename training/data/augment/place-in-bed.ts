import { at } from "../../../common/at.ts";
import type { Random } from "../../../common/random.ts";
import type { AugmentationConfig } from "../../../run-files/augmentation-config.ts";
import { cropAndWrap } from "./crop-and-wrap.ts";
import { drawBed } from "./draw-bed.ts";
import { computeMeanPower, type MelPower } from "./mel-power.ts";

type Placement = NonNullable<AugmentationConfig["placement"]>;

/** Fraction of the beds that are recorded ones, where there are recordings of background. */
const recordedFraction = 0.5;

/**
 * A sound as it is met in use: once, at a random place among `frames` frames, over a bed. A sound that is longer is
 * cut to a random part of `minCutFraction` to all of the frames. The bed's mean power is that of the sound's own
 * frames x 10^(-snr / 10), with the ratio uniform between its limits; it is steady noise of a random colour
 * (`drawBed`, whose mean holds before its colour) or, half of the time where there are some, a stretch of a recording.
 * @param sound one pass of it @param recordings of background, without sounds of the classes
 */
export function placeInBed(
  sound: MelPower,
  frames: number,
  placement: Placement,
  recordings: readonly MelPower[],
  random: Random,
): MelPower {
  const { bands } = sound;
  const cut = cutSound(sound, frames, placement.minCutFraction, random);
  const start = random.integer(frames - cut.frames + 1);
  const placed =
    random.next() < placement.silentFraction
      ? { power: new Float32Array(frames * bands), frames, bands }
      : drawUnder(cut, frames, placement, recordings, random);
  const { power } = placed;
  const offset = start * bands;
  // An inner loop over every value of a batch: `at` would double its time.
  for (let index = 0; index < cut.power.length; index++)
    power[offset + index] = (power[offset + index] ?? 0) + (cut.power[index] ?? 0);
  return placed;
}

/** A random stretch of a sound that is too long; a shorter one as it is. */
function cutSound(sound: MelPower, frames: number, minCutFraction: number, random: Random): MelPower {
  if (sound.frames <= frames) return sound;
  const fraction = minCutFraction + (1 - minCutFraction) * random.next();
  const length = Math.max(1, Math.round(fraction * frames));
  return cropAndWrap(sound, random.integer(sound.frames - length + 1), length);
}

function drawUnder(
  sound: MelPower,
  frames: number,
  { snrDecibels: { min, max }, colourDecades }: Placement,
  recordings: readonly MelPower[],
  random: Random,
): MelPower {
  const level = computeMeanPower(sound) * 10 ** (-(min + (max - min) * random.next()) / 10);
  const { bands } = sound;
  if (recordings.length === 0 || random.next() >= recordedFraction)
    return drawBed({ frames, bands, level, decades: colourDecades }, random);
  const recording = at(recordings, random.integer(recordings.length));
  const bed = cropAndWrap(recording, random.integer(recording.frames), frames);
  const gain = level / (computeMeanPower(bed) || 1); // digital silence stays
  for (let index = 0; index < bed.power.length; index++) bed.power[index] = gain * (bed.power[index] ?? 0);
  return bed;
}
