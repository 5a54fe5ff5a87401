import type { Random } from "../../common/random.ts";
import {
  addAt,
  between,
  lowPass,
  makeCurve,
  makeNoise,
  makeSamples,
  normaliseRms,
  resonate,
  sampleRateHz,
  sine,
} from "../synthetic/signal.ts";
import { makeMusic } from "./music.ts";
import { makeVoice } from "./voice.ts";

/** `samples` of sound at 44.1 kHz, at any level. */
export type BackgroundSound = (random: Random, samples: number) => Float32Array;

/**
 * What a microphone picks up where there is nothing to name: kinds of silence, noise and hum, and sounds like
 * speech and music, which most data sets have no class for.
 */
export const backgroundSounds = {
  white: makeNoise,
  pink: makePink,
  brown: makeBrown,
  band: makeBand,
  hum: makeHum,
  room: makeRoom,
  offset: makeOffset,
  quantised: makeQuantised,
  tone: makeTone,
  music: asRecorded(makeMusic),
  voice: asRecorded(makeVoice),
} as const satisfies Record<string, BackgroundSound>;

/** -3 dB an octave: one-pole low-passes an octave and a half apart, each as loud as the octaves that it adds. */
function makePink(random: Random, samples: number): Float32Array {
  const cutoffsHz = [40, 120, 360, 1080, 3240, 9720];
  const pink = new Float32Array(samples);
  for (const cutoffHz of cutoffsHz)
    addAt(pink, normaliseRms(lowPass(makeNoise(random, samples), cutoffHz)), 0, 1);
  return pink;
}

/** -6 dB an octave from 20 to 60 Hz on. */
function makeBrown(random: Random, samples: number): Float32Array {
  return lowPass(makeNoise(random, samples), between(random, 20, 60));
}

/** A band around a random centre, from a whistle's breadth to that of a fan. */
function makeBand(random: Random, samples: number): Float32Array {
  const centreHz = 100 * 70 ** random.next();
  return resonate(makeNoise(random, samples), centreHz, between(random, 0.05, 1.2));
}

/**
 * Mains hum: 50 or 60 Hz with some of its harmonics, falling or not, often odd ones alone; noise behind it, or hardly
 * any.
 */
function makeHum(random: Random, samples: number): Float32Array {
  const mainsHz = random.next() < 0.5 ? 50 : 60;
  const evenGain = random.next() < 0.5 ? 0 : random.next();
  const isFalling = random.next() < 0.5;
  const partials = Array.from({ length: 16 }, (_, partial) => {
    const gain = random.next() ** 2 * (partial % 2 === 0 ? 1 : evenGain);
    return isFalling ? gain / (partial + 1) : gain;
  });
  const hum = makeSamples(samples, (index) =>
    partials.reduce(
      (sum, gain, partial) => sum + gain * sine((index * mainsHz * (partial + 1)) / sampleRateHz),
      0,
    ),
  );
  addAt(hum, makeNoise(random, samples), 0, 10 ** between(random, -6, -1));
  return hum;
}

/** A room: dull noise over hum. It does not swell, as waves and wind do. */
function makeRoom(random: Random, samples: number): Float32Array {
  const noise = normaliseRms(lowPass(makePink(random, samples), between(random, 150, 3000)));
  addAt(noise, normaliseRms(makeHum(random, samples)), 0, between(random, 0, 1));
  return noise;
}

/** A constant, as a bad microphone gives; with noise below it, or without. */
function makeOffset(random: Random, samples: number): Float32Array {
  const noise = random.next() < 0.5 ? 0 : 10 ** between(random, -5, -2);
  return makeSamples(samples, () => 1 + noise * (2 * random.next() - 1));
}

/** The last bits of a converter: noise of one to four steps. */
function makeQuantised(random: Random, samples: number): Float32Array {
  const steps = between(random, 0.6, 4);
  return makeSamples(samples, () => Math.round(steps * (2 * random.next() - 1)));
}

/** A steady tone, or one that slowly changes, with some harmonics. */
function makeTone(random: Random, samples: number): Float32Array {
  const pitchHz = 60 * 80 ** random.next();
  const depth = random.next() < 0.5 ? 0 : between(random, 0, 0.1);
  const curve = makeCurve(random, samples, between(random, 0.5, 4));
  const overtone = random.next() ** 2;
  let turns = 0;
  return makeSamples(samples, (index) => {
    // An inner loop over samples: `?? 0` is never taken, and `at` would cost time.
    turns += (pitchHz * (1 + depth * (curve[index] ?? 0))) / sampleRateHz;
    return sine(turns) + overtone * sine(2 * turns) + overtone ** 2 * sine(3 * turns);
  });
}

/**
 * A sound as devices keep it: of full band or cut at 3.4 to 11 kHz, and silent between its parts or with a noise floor.
 */
function asRecorded(make: BackgroundSound): BackgroundSound {
  return (random, samples) => {
    const made = normaliseRms(make(random, samples));
    const cutoffHz = random.next() < 0.4 ? undefined : 3400 * 3.2 ** random.next();
    const recorded = cutoffHz === undefined ? made : limitBand(made, cutoffHz);
    if (random.next() < 0.5)
      addAt(
        recorded,
        lowPass(makeNoise(random, samples), between(random, 300, 8000)),
        0,
        10 ** between(random, -4, -1.3),
      );
    return recorded;
  };
}

/** Low-pass by a sinc of 101 samples in a Hann window: what a lower sample rate or a codec leaves. */
function limitBand(samples: Float32Array, cutoffHz: number): Float32Array {
  const half = 50;
  const taps = makeSamples(2 * half + 1, (index) => {
    const offset = index - half;
    const turns = cutoffHz / sampleRateHz;
    const sinc = offset === 0 ? 2 * turns : sine(turns * offset) / (Math.PI * offset);
    return sinc * (0.5 + 0.5 * sine(0.25 + offset / (2 * half + 2)));
  });
  const limited = new Float32Array(samples.length);
  for (const [tap, gain] of taps.entries()) {
    const shift = tap - half;
    const end = Math.min(samples.length, samples.length - shift);
    for (let index = Math.max(0, -shift); index < end; index++)
      limited[index] = (limited[index] ?? 0) + gain * (samples[index + shift] ?? 0);
  }
  return limited;
}
