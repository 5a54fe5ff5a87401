/** Minutes of a bed with sounds at known times. The same seed gives the same samples. */
import { at } from "../../common/at.ts";
import { createRandom, type Random } from "../../common/random.ts";
import { bedNames, makeBed } from "./beds.ts";
import { maxGapSeconds } from "./cut-sound.ts";
import type { TimedEvent } from "./score-events.ts";

export const soundscapeSeconds = 60;
const maxEvents = 4;
/** How often an event begins while the one before sounds. */
const overlapFraction = 0.25;
const marginSeconds = 0.5;
const bedLevelsDb = { min: -60, max: -40 } as const;

/** A sound to place, with a mean power of 1. */
export interface PlaceableSound {
  readonly label: string;
  readonly samples: Float32Array;
}

export interface TruthEvent extends TimedEvent {
  /** Whether another event sounds at the same time. */
  readonly overlaps: boolean;
}

export interface Soundscape {
  readonly samples: Float32Array;
  readonly truth: readonly TruthEvent[];
}

interface SoundscapeOptions {
  readonly seed: number;
  /** Of the stream of random numbers: one fold, one number. */
  readonly name: string;
  readonly sampleRateHz: number;
}

/** Bed and places depend on the seed only, so that the same scene appears at every signal-to-noise ratio. */
export interface Scene {
  readonly bed: Float32Array;
  readonly placed: readonly (PlaceableSound & { readonly startSamples: number })[];
  readonly sampleRateHz: number;
}

/** @param sounds of which up to four are drawn; none for a bed alone */
export function drawScene(
  sounds: readonly PlaceableSound[],
  { seed, name, sampleRateHz }: SoundscapeOptions,
): Scene {
  const random = createRandom(seed, `field ${name}`);
  const samples = soundscapeSeconds * sampleRateHz;
  const bedName = at(bedNames, seed % bedNames.length);
  const levelDb = bedLevelsDb.min + (bedLevelsDb.max - bedLevelsDb.min) * random.next();
  const amplitude = 10 ** (levelDb / 20);
  const bed = makeBed(bedName, createRandom(seed, `field bed ${name}`), samples, sampleRateHz).map(
    (sample) => amplitude * sample,
  );
  const placed = sounds.length === 0 ? [] : placeSounds(sounds, random, samples, sampleRateHz);
  return {
    bed,
    placed: placed.map((sound) => ({ ...sound, samples: sound.samples.map((sample) => amplitude * sample) })),
    sampleRateHz,
  };
}

/** @param snrDb mean power of a sound's sounding parts over the bed's mean power */
export function mixScene({ bed, placed, sampleRateHz }: Scene, snrDb: number): Soundscape {
  const samples = bed.slice();
  const gain = 10 ** (snrDb / 20);
  for (const { samples: sound, startSamples } of placed)
    for (const [index, sample] of sound.entries())
      samples[startSamples + index] = at(samples, startSamples + index) + gain * sample;
  const events = placed.map(({ label, startSamples, samples: sound }) => ({
    label,
    startSeconds: startSamples / sampleRateHz,
    endSeconds: (startSamples + sound.length) / sampleRateHz,
  }));
  return {
    samples,
    truth: events.map((event) => ({
      ...event,
      overlaps: events.some((other) => other !== event && touches(event, other, 0)),
    })),
  };
}

/** 0 to 4 sounds; two of one class are further apart than what would make them one event. */
function placeSounds(
  sounds: readonly PlaceableSound[],
  random: Random,
  samples: number,
  rateHz: number,
): Scene["placed"] {
  const placed: (PlaceableSound & { startSamples: number })[] = [];
  const margin = marginSeconds * rateHz;
  for (let count = random.integer(maxEvents + 1); count > 0; count--) {
    const sound = at(sounds, random.integer(sounds.length));
    const last = placed.at(-1);
    const wantsOverlap = last !== undefined && last.label !== sound.label && random.next() < overlapFraction;
    const [from, to] = wantsOverlap
      ? [last.startSamples, last.startSamples + last.samples.length]
      : [margin, samples - margin - sound.samples.length];
    const candidate = toSpan(sound, Math.floor(from + random.next() * (to - from)));
    const fits = candidate.endSeconds <= samples - margin;
    const isFree = placed.every((other) => {
      const span = toSpan(other, other.startSamples);
      const gap = other.label === sound.label ? 2 * maxGapSeconds * rateHz : 0;
      return (wantsOverlap && other === last) || !touches(candidate, span, gap);
    });
    if (fits && isFree) placed.push({ ...sound, startSamples: candidate.startSeconds });
  }
  return placed;
}

/** In samples. */
function toSpan(sound: PlaceableSound, startSamples: number): { startSeconds: number; endSeconds: number } {
  return { startSeconds: startSamples, endSeconds: startSamples + sound.samples.length };
}

function touches(
  one: { readonly startSeconds: number; readonly endSeconds: number },
  other: { readonly startSeconds: number; readonly endSeconds: number },
  gap: number,
): boolean {
  return one.startSeconds < other.endSeconds + gap && other.startSeconds < one.endSeconds + gap;
}
