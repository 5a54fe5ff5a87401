/**
 * Backgrounds of the field benchmark. They are synthesised by other recipes than the beds of training (stationary noise
 * of one colour): these move, have tones and voices. Each is a function of its random stream alone.
 */
import type { Random } from "../../common/random.ts";

export const bedNames = ["ventilation", "street", "murmur", "kitchen"] as const;
export type BedName = (typeof bedNames)[number];

const makers: Readonly<Record<BedName, (random: Random, samples: number, rateHz: number) => Float32Array>> = {
  ventilation: makeVentilation,
  street: makeStreet,
  murmur: makeMurmur,
  kitchen: makeKitchen,
};

/** A bed with a mean power of 1. @returns [samples] */
export function makeBed(name: BedName, random: Random, samples: number, rateHz: number): Float32Array {
  const bed = makers[name](random, samples, rateHz);
  const scale = 1 / Math.sqrt(computePower(bed));
  return bed.map((sample) => scale * sample);
}

/** Mean square. */
export function computePower(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / Math.max(1, samples.length);
}

/** Air through a duct: low noise, the fan's blades, and a hiss. */
function makeVentilation(random: Random, samples: number, rateHz: number): Float32Array {
  const rumble = openLowPass(between(random, 80, 400), rateHz);
  const hiss = openLowPass(between(random, 2000, 8000), rateHz);
  const blades = openHarmonics(between(random, 20, 90), 6, 0.003, random, rateHz);
  const levels = { hiss: between(random, 0.03, 0.15), blades: between(random, 0.02, 0.15) };
  return Float32Array.from(
    { length: samples },
    () => 3 * rumble(draw(random)) + levels.hiss * hiss(draw(random)) + levels.blades * blades(),
  );
}

/** Traffic at a distance, and cars that pass for some seconds each. */
function makeStreet(random: Random, samples: number, rateHz: number): Float32Array {
  const far = openLowPass(between(random, 200, 500), rateHz);
  const near = openLowPass(between(random, 900, 2500), rateHz);
  const cars = Array.from({ length: 3 + random.integer(4) }, () => ({
    centre: random.next() * samples,
    width: between(random, 1.5, 4) * rateHz,
    level: between(random, 0.3, 1.2),
  }));
  return Float32Array.from({ length: samples }, (_, index) => {
    let swell = 0.1;
    for (const { centre, width, level } of cars)
      swell += level * Math.exp(-0.5 * ((index - centre) / width) ** 2);
    return 2 * far(draw(random)) + swell * near(draw(random));
  });
}

/** Voices in the next room: pulses through two resonances that change with each syllable. */
function makeMurmur(random: Random, samples: number, rateHz: number): Float32Array {
  const voices = Array.from({ length: 5 }, () => openVoice(random, rateHz));
  const room = openLowPass(3000, rateHz);
  return Float32Array.from({ length: samples }, () => {
    let sum = 0.05 * draw(random);
    for (const voice of voices) sum += voice();
    return room(sum);
  });
}

/** Mains hum with its harmonics, a compressor that beats, and the noise of a room. */
function makeKitchen(random: Random, samples: number, rateHz: number): Float32Array {
  const hum = openHarmonics(random.next() < 0.5 ? 50 : 60, 8, 0, random, rateHz);
  const room = openLowPass(between(random, 300, 1500), rateHz);
  const beatHz = between(random, 0.5, 8);
  const depth = between(random, 0.1, 0.6);
  const level = between(random, 0.1, 0.4);
  return Float32Array.from({ length: samples }, (_, index) => {
    const beat = 1 + depth * Math.sin((2 * Math.PI * beatHz * index) / rateHz);
    return level * beat * hum() + room(draw(random)) + 0.02 * draw(random);
  });
}

/** White noise of power 1. Uniform numbers are three times as fast as normal ones, and filters leave no difference. */
function draw(random: Random): number {
  return (random.next() - 0.5) * Math.sqrt(12);
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

/** One pole. */
function openLowPass(cutoffHz: number, rateHz: number): (sample: number) => number {
  const kept = Math.exp((-2 * Math.PI * cutoffHz) / rateHz);
  let state = 0;
  return (sample) => (state = kept * state + (1 - kept) * sample);
}

/** Falling harmonics of one pitch, which wanders by `wander` of itself. */
function openHarmonics(
  pitchHz: number,
  count: number,
  wander: number,
  random: Random,
  rateHz: number,
): () => number {
  const phases = Array.from({ length: count }, () => 2 * Math.PI * random.next());
  let time = 0;
  let drift = 0;
  return () => {
    drift = 0.9999 * drift + 0.01 * wander * draw(random);
    time += (2 * Math.PI * pitchHz * (1 + drift)) / rateHz;
    let sum = 0;
    for (const [harmonic, phase] of phases.entries())
      sum += Math.sin((harmonic + 1) * time + phase) / (harmonic + 1);
    return sum;
  };
}

function openVoice(random: Random, rateHz: number): () => number {
  const basePitchHz = between(random, 90, 230);
  let [left, loudness, pitchHz, phase] = [0, 0, basePitchHz, 0];
  let resonances = [openResonance(500, rateHz), openResonance(1500, rateHz)];
  return () => {
    if (left-- <= 0) {
      left = between(random, 0.1, 0.35) * rateHz;
      loudness = random.next() < 0.3 ? 0 : between(random, 0.3, 1);
      pitchHz = basePitchHz * between(random, 0.85, 1.2);
      resonances = [
        openResonance(between(random, 300, 800), rateHz),
        openResonance(between(random, 900, 2300), rateHz),
      ];
    }
    phase += pitchHz / rateHz;
    const isPulse = phase >= 1;
    if (isPulse) phase -= 1;
    let sample = isPulse ? loudness : 0;
    for (const resonance of resonances) sample = resonance(sample);
    return sample;
  };
}

/** Two poles, 100 Hz wide. */
function openResonance(centreHz: number, rateHz: number): (sample: number) => number {
  const radius = Math.exp((-Math.PI * 100) / rateHz);
  const turn = 2 * radius * Math.cos((2 * Math.PI * centreHz) / rateHz);
  let [before, beforeThat] = [0, 0];
  return (sample) => {
    const now = sample * (1 - radius) * 10 + turn * before - radius * radius * beforeThat;
    [beforeThat, before] = [before, now];
    return now;
  };
}
