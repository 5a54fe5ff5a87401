import type { Random } from "../../common/random.ts";
import {
  addAt,
  between,
  decayFactor,
  highPass,
  lowPass,
  makeCurve,
  makeNoise,
  makeSamples,
  resonate,
  sampleRateHz,
  sine,
} from "./signal.ts";

/**
 * Makes one clip of a class. `recording` decides what stays the same in all takes of a recording (pitch, tempo,
 * timbre), `take` what differs between them (noise, timing).
 */
export type Sound = (recording: Random, take: Random, samples: number) => Float32Array;

/** The ten classes of the embedded set. */
export const sounds = {
  Bell: makeBell,
  Bird: makeBird,
  Clock: makeClock,
  Cricket: makeCricket,
  Drum: makeDrum,
  Engine: makeEngine,
  Hum: makeHum,
  Rain: makeRain,
  Siren: makeSiren,
  Wind: makeWind,
} as const satisfies Record<string, Sound>;

function makeBell(recording: Random, take: Random, samples: number): Float32Array {
  const pitchHz = between(recording, 300, 1100);
  const decaySeconds = between(recording, 0.15, 0.9);
  const partials = [1, 2.0, 2.76, 4.07, 5.4].map((ratio) => ratio * between(recording, 0.98, 1.02));
  const strike = makeDecay(2.5 * decaySeconds, decaySeconds, (time) =>
    partials.reduce((sum, ratio, index) => sum + sine(time * pitchHz * ratio) / (index + 1.5), 0),
  );
  return repeatSound(strike, between(recording, 0.5, 1.8), take, samples);
}

function makeBird(recording: Random, take: Random, samples: number): Float32Array {
  const pitchHz = between(recording, 1800, 4500);
  const warbleHz = between(recording, 8, 30);
  const depth = between(recording, 0.03, 0.15);
  const slide = between(recording, -0.4, 0.4);
  const seconds = between(recording, 0.08, 0.35);
  let turns = 0;
  const call = makeSound(seconds, (time) => {
    const place = time / seconds;
    turns += (pitchHz * (1 + slide * place + depth * sine(warbleHz * time))) / sampleRateHz;
    return 4 * place * (1 - place) * sine(turns);
  });
  return repeatSound(call, between(recording, 0.3, 1.2), take, samples);
}

function makeClock(recording: Random, take: Random, samples: number): Float32Array {
  const noise = makeNoise(recording, Math.round(0.03 * sampleRateHz));
  const fall = decayFactor(between(recording, 0.001, 0.004));
  let level = 1;
  // Over every sample, here and below: `?? 0` is never taken, and `at` would cost time.
  const burst = makeSamples(noise.length, (index) => (noise[index] ?? 0) * (level *= fall));
  const tick = resonate(burst, between(recording, 1200, 5000), between(recording, 0.1, 0.5));
  const sound = new Float32Array(samples);
  const stepSeconds = between(recording, 0.2, 1);
  const weakBeat = between(recording, 0.4, 1);
  for (let beat = 0, second = take.next() * stepSeconds; second * sampleRateHz < samples; beat++) {
    addAt(sound, tick, Math.floor(second * sampleRateHz), beat % 2 === 0 ? 1 : weakBeat);
    second += stepSeconds * between(take, 0.99, 1.01);
  }
  return sound;
}

function makeCricket(recording: Random, take: Random, samples: number): Float32Array {
  const pitchHz = between(recording, 2500, 5500);
  const pulseHz = between(recording, 25, 60);
  const seconds = between(recording, 0.15, 0.6);
  const chirp = makeSound(seconds, (time) => {
    const pulse = Math.max(0, sine(pulseHz * time));
    return pulse * pulse * sine(pitchHz * time);
  });
  return repeatSound(chirp, seconds + between(recording, 0.1, 0.6), take, samples);
}

function makeDrum(recording: Random, take: Random, samples: number): Float32Array {
  const pitchHz = between(recording, 55, 220);
  const decaySeconds = between(recording, 0.05, 0.2);
  const skin = lowPass(makeNoise(recording, sampleRateHz), between(recording, 800, 4000));
  const skinLevel = between(recording, 0.2, 2);
  let turns = 0;
  const hit = makeDecay(5 * decaySeconds, decaySeconds, (time, index) => {
    turns += (pitchHz * (1 + 0.5 * Math.max(0, 1 - time / 0.05))) / sampleRateHz; // the tension falls after the hit
    return sine(turns) + skinLevel * (skin[index] ?? 0) * Math.max(0, 1 - time / 0.06);
  });
  return repeatSound(hit, between(recording, 0.2, 0.8), take, samples);
}

function makeEngine(recording: Random, take: Random, samples: number): Float32Array {
  const firingHz = between(recording, 18, 70);
  const speed = makeCurve(take, samples, between(recording, 0.3, 1.5));
  const swing = between(recording, 0.05, 0.4);
  const noise = makeNoise(take, samples);
  const roughness = between(recording, 0.3, 1.5);
  let turns = 0;
  const strokes = makeSamples(samples, (index) => {
    turns += (firingHz * (1 + swing * (speed[index] ?? 0))) / sampleRateHz;
    const stroke = 1 - 2 * (turns - Math.floor(turns));
    return Math.max(0, stroke) * (1 + roughness * (noise[index] ?? 0));
  });
  return highPass(lowPass(strokes, between(recording, 300, 2000)), 30);
}

function makeHum(recording: Random, take: Random, samples: number): Float32Array {
  const mainsHz = recording.next() < 0.5 ? 50 : 60;
  const gains = Array.from({ length: 12 }, (_, index) => recording.next() / (1 + 0.4 * index));
  const start = take.next();
  const wobble = makeCurve(take, samples, 2);
  const period = makeSamples(sampleRateHz, (index) => {
    const turns = start + (mainsHz * index) / sampleRateHz;
    return gains.reduce((sum, gain, harmonic) => sum + gain * sine(turns * (harmonic + 1)), 0);
  });
  return makeSamples(samples, (index) => {
    return (period[index % sampleRateHz] ?? 0) * (0.9 + 0.1 * (wobble[index] ?? 0));
  });
}

function makeRain(recording: Random, take: Random, samples: number): Float32Array {
  const hiss = highPass(makeNoise(take, samples), between(recording, 500, 3000));
  const sound = lowPass(hiss, between(recording, 4000, 12_000));
  const pitchHz = between(recording, 1500, 6000);
  const drop = makeDecay(0.01, 0.002, (time) => sine(pitchHz * time));
  const dropsPerSecond = between(recording, 10, 120);
  for (let count = 0; count < (dropsPerSecond * samples) / sampleRateHz; count++) {
    addAt(sound, drop, take.integer(samples), between(take, 0.2, 1.5));
  }
  return sound;
}

function makeSiren(recording: Random, take: Random, samples: number): Float32Array {
  const lowHz = between(recording, 350, 800);
  const range = between(recording, 0.3, 1.5);
  const sweepHz = between(recording, 0.2, 3);
  const steps = recording.next() < 0.4; // two tones in turn instead of a sweep
  const harmonic = between(recording, 0.1, 0.6);
  const start = take.next();
  let turns = 0;
  return makeSamples(samples, (index) => {
    const sweep = sine(start + (sweepHz * index) / sampleRateHz);
    const height = steps ? (sweep > 0 ? 1 : 0) : 0.5 + 0.5 * sweep;
    turns += (lowHz * (1 + range * height)) / sampleRateHz;
    return sine(turns) + harmonic * sine(2 * turns) + 0.5 * harmonic * sine(3 * turns);
  });
}

function makeWind(recording: Random, take: Random, samples: number): Float32Array {
  const noise = lowPass(makeNoise(take, samples), between(recording, 300, 3000));
  const howl = resonate(noise, between(recording, 150, 900), between(recording, 0.1, 0.6));
  const howlLevel = between(recording, 0, 3);
  const gusts = makeCurve(take, samples, between(recording, 0.4, 2));
  return makeSamples(samples, (index) => {
    const gust = 0.15 + (gusts[index] ?? 0);
    return ((noise[index] ?? 0) + howlLevel * (howl[index] ?? 0)) * gust * gust;
  });
}

function makeSound(seconds: number, valueAt: (time: number, index: number) => number): Float32Array {
  return makeSamples(Math.round(seconds * sampleRateHz), (index) => valueAt(index / sampleRateHz, index));
}

/** A sound that starts at full level and falls to 1/e every `decaySeconds`. */
function makeDecay(
  seconds: number,
  decaySeconds: number,
  valueAt: (time: number, index: number) => number,
): Float32Array {
  const fall = decayFactor(decaySeconds);
  let level = 1;
  return makeSound(seconds, (time, index) => (level *= fall) * valueAt(time, index));
}

/** The sound again and again, about every `stepSeconds`, with uneven gaps and levels. */
function repeatSound(sound: Float32Array, stepSeconds: number, take: Random, samples: number): Float32Array {
  const repeated = new Float32Array(samples);
  for (let second = take.next() * stepSeconds; second * sampleRateHz < samples;) {
    addAt(repeated, sound, Math.floor(second * sampleRateHz), between(take, 0.4, 1));
    second += stepSeconds * between(take, 0.7, 1.4);
  }
  return repeated;
}
