import type { Random } from "../../common/random.ts";
import {
  addAt,
  between,
  decayFactor,
  lowPass,
  makeCurve,
  makeNoise,
  makeSamples,
  normaliseRms,
  resonate,
  sampleRateHz,
  sine,
} from "../synthetic/signal.ts";

/** `samples` of sound at 44.1 kHz, at any level. */
export type BackgroundSound = (random: Random, samples: number) => Float32Array;

/**
 * What a microphone picks up where there is nothing to name: kinds of silence, noise and hum, and rough likenesses of
 * voices and music, which most data sets have no class for.
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
  chords: makeChords,
  voice: makeVoice,
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

/** Mains hum: 50 or 60 Hz with some of its harmonics, falling or not, often odd ones alone; noise behind it, or hardly any. */
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
    turns += (pitchHz * (1 + depth * (curve[index] ?? 0))) / sampleRateHz;
    return sine(turns) + overtone * sine(2 * turns) + overtone ** 2 * sine(3 * turns);
  });
}

/** Three or four notes at a time, struck and left to fade, one chord after another. */
function makeChords(random: Random, samples: number): Float32Array {
  const chordSamples = Math.round(between(random, 0.25, 1.5) * sampleRateHz);
  const rootHz = between(random, 70, 300);
  const overtones = Array.from({ length: 5 }, (_, index) => random.next() / (index + 1));
  const decay = decayFactor(between(random, 0.15, 3));
  const chords = new Float32Array(samples);
  for (let start = 0; start < samples; start += chordSamples) {
    const root = rootHz * 2 ** (random.integer(12) / 12);
    const third = random.next() < 0.5 ? 3 : 4;
    for (const semitones of [0, third, 7, 12].slice(0, 3 + random.integer(2)))
      addAt(chords, makeNote(root * 2 ** (semitones / 12), overtones, decay, 2 * chordSamples), start, 1);
  }
  return chords;
}

function makeNote(
  pitchHz: number,
  overtones: readonly number[],
  decay: number,
  samples: number,
): Float32Array {
  const attackSamples = 0.01 * sampleRateHz;
  let level = 1;
  return makeSamples(samples, (index) => {
    level *= decay;
    const turns = (index * pitchHz) / sampleRateHz;
    const wave = overtones.reduce(
      (sum, gain, overtone) => sum + gain * sine((overtone + 2) * turns),
      sine(turns),
    );
    return level * Math.min(1, index / attackSamples) * wave;
  });
}

/** Syllables of a buzz through three resonances, like those of vowels, with hisses and pauses between them. */
function makeVoice(random: Random, samples: number): Float32Array {
  const voice = new Float32Array(samples);
  const pitchHz = between(random, 80, 250);
  for (let start = 0; start < samples;) {
    const length = Math.round(between(random, 0.08, 0.35) * sampleRateHz);
    const isHiss = random.next() < 0.25;
    const source = isHiss
      ? makeNoise(random, length)
      : makeBuzz(random, length, pitchHz * between(random, 0.8, 1.3));
    const formantsHz = isHiss
      ? [between(random, 2500, 6500)]
      : [between(random, 250, 850), between(random, 850, 2300), between(random, 2300, 3300)];
    for (const [index, formantHz] of formantsHz.entries())
      addAt(voice, fade(resonate(source, formantHz, 0.15)), start, (isHiss ? 0.2 : 1) / (index + 1));
    start += length + (random.next() < 0.2 ? Math.round(between(random, 0.1, 0.6) * sampleRateHz) : 0);
  }
  return voice;
}

/** A sawtooth whose pitch drifts. */
function makeBuzz(random: Random, samples: number, pitchHz: number): Float32Array {
  const glide = between(random, -0.2, 0.2);
  let turns = random.next();
  return makeSamples(samples, (index) => {
    turns += (pitchHz * (1 + (glide * index) / samples)) / sampleRateHz;
    return 2 * (turns - Math.floor(turns)) - 1;
  });
}

/** Swells and falls like half a sine wave. */
function fade(samples: Float32Array): Float32Array {
  return makeSamples(samples.length, (index) => (samples[index] ?? 0) * sine(index / (2 * samples.length)));
}
