import { at } from "../../common/at.ts";
import { createRandom, type Random } from "../../common/random.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { addNoise } from "../../training/data/augment/add-noise.ts";
import { augmentPower } from "../../training/data/augment/augment-power.ts";
import { augmentationSchema } from "../../run-files/augmentation-config.ts";
import { changeGain } from "../../training/data/augment/change-gain.ts";
import { findPass } from "../../training/data/augment/find-pass.ts";
import { placeInBed } from "../../training/data/augment/place-in-bed.ts";
import { cropAndWrap } from "../../training/data/augment/crop-and-wrap.ts";
import { equalise } from "../../training/data/augment/equalise.ts";
import { maskSpectrum } from "../../training/data/augment/mask-spectrum.ts";
import { computeMeanPower, takePass, type MelPower } from "../../training/data/augment/mel-power.ts";
import { mixClasses } from "../../training/data/augment/mix-classes.ts";
import { shiftMel } from "../../training/data/augment/shift-mel.ts";
import { recipes } from "../../training/jobs/recipes.ts";

/** One clip as augmentation changes it. */
export interface Change {
  readonly title: string;
  /** What was done, with its numbers. */
  readonly explanation: string;
  readonly power: MelPower;
}

export interface PreviewClips {
  /** The clip at each speed. */
  readonly speeds: ReadonlyMap<number, MelPower>;
  /** A clip of another class, to mix with. */
  readonly other: MelPower;
}

const { augmentation } = recipes.field.job;
const noise = { minDecibels: 10, maxDecibels: 10 };
const gainDecibels = 12;
const placedDecibels = 20;
const placedInNoise = {
  ...augmentation.placement,
  snrDecibels: { min: placedDecibels, max: placedDecibels },
  silentFraction: 0,
};
const rounds = 3;

/** Every function of training/data/augment/ on one clip, with the settings of the recipe `field` where it uses them. */
export function listChanges({ speeds, other }: PreviewClips): Change[] {
  const clip = speeds.get(1);
  if (clip === undefined) throw new RangeError("expected the clip at speed 1");
  const random = createRandom(1, "preview of the augmentation");
  const change = (apply: (copied: MelPower) => void): MelPower => {
    const copied = { ...clip, power: clip.power.slice() };
    apply(copied);
    return copied;
  };
  const { cropFrames, placement, equaliserDecades, melShiftBands, masks } = augmentation;
  const start = Math.floor(clip.frames / 2);
  const louder = change((copied) => {
    changeGain(copied, gainDecibels, random);
  });
  return [
    ...[...speeds].flatMap(([speed, power]) =>
      speed === 1 ? [] : [{ title: `Speed ${speed}`, explanation: explainSpeed(speed), power }],
    ),
    {
      title: "Crop and wrap",
      explanation: `${cropFrames} frames from a random one on, here ${start}, wrapping round.`,
      power: cropAndWrap(clip, start, cropFrames),
    },
    {
      title: "Placed in a bed",
      explanation: `The sound once, at a random place, over noise ${placedDecibels} dB below it; in training ${placement.snrDecibels.min} to ${placement.snrDecibels.max} dB.`,
      power: placeInBed(takePass(findPass(clip)), cropFrames, placedInNoise, [], random),
    },
    {
      title: "Filter",
      explanation: `A random curve over the bands, up to ${10 * equaliserDecades} dB up or down, as another microphone would.`,
      power: change((copied) => {
        equalise(copied, equaliserDecades, random);
      }),
    },
    {
      title: "Shift over the bands",
      explanation: `Up to ${melShiftBands} bands up or down in training; here by 6 at most, to be seen.`,
      power: change((copied) => {
        shiftMel(copied, 6, random);
      }),
    },
    {
      title: "Masks",
      explanation: `${masks.count} times up to ${masks.maxBands} bands and ${masks.maxFrames} frames set to their mean.`,
      power: maskPower(clip, random),
    },
    {
      title: "Mix with another class",
      explanation: "Both at the same power, in random proportions; the target is mixed in the same ones.",
      power: mixTwo(clip, other, 0.6),
    },
    {
      title: "Noise",
      explanation: "White, 10 dB below the clip. Not part of the recipe.",
      power: change((copied) => {
        addNoise(copied, noise, random);
      }),
    },
    {
      title: "Gain",
      explanation:
        `Up to ${gainDecibels} dB up or down, here ${formatDecibels(louder, clip)}. ` +
        "Not part of the recipe, which scales every clip to one level.",
      power: louder,
    },
    ...Array.from({ length: rounds }, (_, round) => ({
      title: `All together, ${round + 1}`,
      explanation:
        "As the recipe trains on it: speed, crop or bed, filter, shift, mixed with the other clip, masks.",
      power: augmentAsTrained([...speeds.values()], other, round),
    })),
  ];
}

function explainSpeed(speed: number): string {
  return `Played ${speed > 1 ? "faster" : "slower"}, pitch and all: the features are computed from the resampled sound.`;
}

function formatDecibels(changed: MelPower, clip: MelPower): string {
  return `${(10 * Math.log10(computeMeanPower(changed) / computeMeanPower(clip))).toFixed(0)} dB`;
}

function augmentAsTrained(speeds: readonly MelPower[], other: MelPower, round: number): MelPower {
  const random = createRandom(round, "preview of the recipe");
  const config = augmentationSchema.parse(augmentation);
  const clip = augmentPower(speeds.map(findPass), config, random);
  return maskPower(mixTwo(clip, augmentPower([findPass(other)], config, random), 0.9), random);
}

/** Of random mixtures the first in which the clip has at least half, and at most `maxFraction`; at the clip's level. */
function mixTwo(clip: MelPower, other: MelPower, maxFraction: number): MelPower {
  for (let seed = 0; ; seed++) {
    const examples = [clip, other].map((power, index) => ({
      clip: power,
      target: Float32Array.of(1 - index, index),
    }));
    const [mixed] = mixClasses(examples, createRandom(seed, "preview of mixing"));
    const fraction = mixed?.target[0] ?? 0;
    if (mixed === undefined || fraction < 0.5 || fraction > maxFraction) continue;
    const gain = computeMeanPower(clip) / (computeMeanPower(mixed.clip) || 1);
    return { ...mixed.clip, power: mixed.clip.power.map((value) => gain * value) };
  }
}

/** Masks stand where the network's input is 0, the mean of its band. */
function maskPower(clip: MelPower, random: Random): MelPower {
  const { frames, bands } = clip;
  const values = clip.power.map(Math.log1p);
  const means = computeBandMeans({ values, frames, bands });
  const centred = values.map((value, index) => value - at(means, index % bands));
  for (let count = 0; count < augmentation.masks.count; count++)
    maskSpectrum({ values: centred, frames, bands }, augmentation.masks, random);
  const power = centred.map((value, index) => Math.expm1(value + at(means, index % bands)));
  return { power, frames, bands };
}

function computeBandMeans({ values, frames, bands }: LogMel): Float32Array {
  const means = new Float32Array(bands);
  for (const [index, value] of values.entries())
    means[index % bands] = at(means, index % bands) + value / frames;
  return means;
}
