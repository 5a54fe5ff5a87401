import { createRandom, type Random } from "../../common/random.ts";
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
  setPeak,
  sine,
} from "../../datasets/synthetic/signal.ts";
import { type Sound, sounds } from "../../datasets/synthetic/sounds.ts";
import type { Waveform } from "../../features/audio/waveform.ts";

/** By a word of the label, what can be synthesised: the embedded set's sounds, and some of ESC-10's. */
const makers: Readonly<Record<string, Sound>> = {
  bell: sounds.Bell,
  bird: sounds.Bird,
  clock: sounds.Clock,
  cricket: sounds.Cricket,
  engine: sounds.Engine,
  rain: sounds.Rain,
  siren: sounds.Siren,
  wind: sounds.Wind,
  waves: makeWaves,
  helicopter: makeHelicopter,
  crackling: makeCrackling,
  chainsaw: makeChainsaw,
  dog: (recording, take, samples) => makeCalls(recording, take, samples, [0.18, 480, 260, 0.9]),
  baby: (recording, take, samples) => makeCalls(recording, take, samples, [0.9, 520, 400, 1.3]),
  rooster: (recording, take, samples) => makeCalls(recording, take, samples, [0.7, 650, 900, 1.6]),
};

/** @returns the sound of a class, or undefined where none is known @param take others of the same class */
export function synthesiseSound(label: string, take: number, seconds: number): Waveform | undefined {
  const words = label.toLowerCase().split(/[^a-z]+/);
  const make = words.map((word) => makers[word]).find((maker) => maker !== undefined);
  if (make === undefined) return undefined;
  const random = (part: string) => createRandom(take, `demo/${label}/${part}`);
  const samples = make(random("recording"), random("take"), Math.round(seconds * sampleRateHz));
  return { samples: setPeak(samples, 0.6), sampleRateHz };
}

/** Noise that swells and falls every few seconds. */
function makeWaves(recording: Random, take: Random, samples: number): Float32Array {
  const surf = lowPass(makeNoise(take, samples), between(recording, 900, 2500));
  const swell = makeCurve(take, samples, between(recording, 0.3, 0.7));
  // Over every sample, here and below: `?? 0` is never taken, and `at` would cost time.
  return surf.map((sample, index) => sample * (0.25 + (swell[index] ?? 0) ** 2));
}

/** A low thud for each blade over the rush of the turbine. */
function makeHelicopter(recording: Random, take: Random, samples: number): Float32Array {
  const bladesHz = between(recording, 9, 16);
  const thud = lowPass(makeNoise(take, samples), between(recording, 150, 500));
  const rush = lowPass(makeNoise(take, samples), 2500);
  return makeSamples(samples, (index) => {
    const phase = (index * bladesHz) / sampleRateHz;
    const pulse = (1 - (phase - Math.floor(phase))) ** 4;
    return 3 * pulse * (thud[index] ?? 0) + 0.12 * (0.5 + pulse) * (rush[index] ?? 0);
  });
}

/** Clicks at random times, few of them loud, over a low flame. */
function makeCrackling(recording: Random, take: Random, samples: number): Float32Array {
  const sound = lowPass(makeNoise(take, samples), 400).map((sample) => 0.3 * sample);
  const clicksPerSecond = between(recording, 15, 60);
  const fall = decayFactor(between(recording, 0.0008, 0.003));
  for (let second = 0; second * sampleRateHz < samples; second += (2 * take.next()) / clicksPerSecond) {
    let level = 1;
    const click = highPass(makeNoise(take, 600), 1500).map((sample) => sample * (level *= fall));
    addAt(sound, click, Math.floor(second * sampleRateHz), take.next() ** 4);
  }
  return sound;
}

/** A sawtooth that revs, rough with noise. */
function makeChainsaw(recording: Random, take: Random, samples: number): Float32Array {
  const idleHz = between(recording, 80, 140);
  const throttle = makeCurve(take, samples, 1);
  const noise = makeNoise(take, samples);
  let turns = 0;
  return makeSamples(samples, (index) => {
    turns += (idleHz * (1 + 0.5 * (throttle[index] ?? 0))) / sampleRateHz;
    const saw = 1 - 2 * (turns - Math.floor(turns));
    return saw * Math.abs(saw) + 0.5 * (noise[index] ?? 0) * Math.abs(saw);
  });
}

/** A voice's call again and again: harmonics that glide, through two formants. */
function makeCalls(
  recording: Random,
  take: Random,
  samples: number,
  [seconds, fromHz, toHz, everySeconds]: readonly [number, number, number, number],
): Float32Array {
  const pitch = between(recording, 0.85, 1.2);
  const length = Math.round(seconds * sampleRateHz);
  const breath = makeNoise(recording, length);
  let turns = 0;
  const voice = makeSamples(length, (index) => {
    const place = index / length;
    const arc = 4 * place * (1 - place);
    turns += (pitch * (fromHz + (toHz - fromHz) * place) * (0.85 + 0.15 * arc)) / sampleRateHz;
    let sum = 0.15 * (breath[index] ?? 0);
    for (let harmonic = 1; harmonic <= 9; harmonic++) sum += sine(turns * harmonic) / harmonic;
    return arc * sum;
  });
  const bright = resonate(voice, between(recording, 900, 1400), 0.4);
  const call = resonate(voice, between(recording, 2400, 3400), 0.5).map(
    (sample, index) => sample + (bright[index] ?? 0),
  );
  const sound = makeNoise(take, samples).map((sample) => 0.002 * sample);
  for (
    let second = 0.2 * take.next();
    second < samples / sampleRateHz;
    second += everySeconds * between(take, 0.7, 1.3)
  )
    addAt(sound, call, Math.floor(second * sampleRateHz), between(take, 0.6, 1));
  return sound;
}
