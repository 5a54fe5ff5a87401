import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";
import {
  addAt,
  between,
  lowPass,
  makeNoise,
  makeSamples,
  normaliseRms,
  sampleRateHz,
} from "../synthetic/signal.ts";

type FormantsHz = readonly [number, number, number, number, number];

/** One speaker, by what stays the same from syllable to syllable. */
interface Speaker {
  readonly pitchHz: number;
  /** By which all formants are higher than those of a man. */
  readonly tract: number;
  /** Part of a period in which the glottis is open. */
  readonly openFraction: number;
  /** Amplitude of breath beside the buzz; without buzz it is a whisper. */
  readonly breath: number;
  readonly isWhisper: boolean;
}

/** What the mouth does at one moment; between two moments everything changes along straight lines. */
interface Posture {
  readonly seconds: number;
  readonly formantsHz: FormantsHz;
  /** Amplitude of the glottis. */
  readonly voice: number;
  /** Amplitude and frequency of the noise of a narrow place. */
  readonly hiss: number;
  readonly hissHz: number;
  readonly pitch: number;
}

/** Bandwidth and amplitude of each resonance. */
const resonances = [
  { bandwidthHz: 80, gain: 1 },
  { bandwidthHz: 100, gain: 0.5 },
  { bandwidthHz: 140, gain: 0.3 },
  { bandwidthHz: 220, gain: 0.2 },
  { bandwidthHz: 400, gain: 0.2 },
] as const;

/**
 * Sound like speech, of no language: phrases of syllables by a source and moving resonances (Klatt 1980, Software for a
 * cascade/parallel formant synthesizer, in its parallel form).
 */
export function makeVoice(random: Random, samples: number): Float32Array {
  const speaker: Speaker = {
    pitchHz: 75 * 4.5 ** random.next(),
    tract: between(random, 0.85, 1.3),
    openFraction: between(random, 0.35, 0.85),
    breath: 0.3 * random.next() ** 2,
    isWhisper: random.next() < 0.12,
  };
  const postures = planPostures(random, speaker, samples / sampleRateHz);
  const tracks = readTracks(postures, samples);
  const glottis = makeGlottis(random, speaker, tracks);
  // Over every sample, here and below: `?? 0` is never taken, and `at` would cost time.
  const voice = makeSamples(samples, (index) => (glottis[index] ?? 0) * (tracks.voice[index] ?? 0));
  const sound = new Float32Array(samples);
  for (const [formant, centresHz] of tracks.formantsHz.entries()) {
    const { bandwidthHz, gain } = at(resonances, formant);
    // Neighbours have opposite signs, so that there is no zero between them.
    const sign = formant % 2 === 0 ? 1 : -1;
    const own = gain * 10 ** between(random, -0.4, 0.4);
    addAt(sound, resonateAlong(voice, centresHz, bandwidthHz), 0, sign * own);
  }
  const noise = makeNoise(random, samples);
  const hiss = makeSamples(samples, (index) => (noise[index] ?? 0) * (tracks.hiss[index] ?? 0));
  addAt(sound, resonateAlong(hiss, tracks.hissHz, between(random, 800, 3000)), 0, 1);
  return sound;
}

/** Phrases of 2 to 10 syllables with pauses between them; the pitch falls over a phrase. */
function planPostures(random: Random, { tract }: Speaker, seconds: number): Posture[] {
  const scaled = (hertz: number): number => Math.min(6800, tract * hertz);
  const rest: Omit<Posture, "seconds"> = {
    formantsHz: [scaled(500), scaled(1500), scaled(2500), scaled(3500), scaled(4500)],
    voice: 0,
    hiss: 0,
    hissHz: 3000,
    pitch: 1,
  };
  const syllableSeconds = between(random, 0.11, 0.3);
  const melody = between(random, 0.02, 0.25);
  const postures: Posture[] = [{ seconds: 0, ...rest }];
  let time = random.next() < 0.5 ? 0 : between(random, 0, 0.5);
  const move = (duration: number, change: Partial<Posture>): void => {
    postures.push({ ...rest, ...change, seconds: (time += duration) });
  };
  while (time < seconds) {
    const syllables = 2 + random.integer(9);
    move(0.01, {});
    for (let syllable = 0; syllable < syllables && time < seconds; syllable++) {
      const pitch = 1.15 - (0.35 * syllable) / syllables + melody * (2 * random.next() - 1);
      const formantsHz = drawVowel(random, scaled);
      const loudness = between(random, 0.4, 1);
      const hissHz = scaled(random.next() < 0.5 ? between(random, 4000, 6800) : between(random, 1400, 4000));
      const hiss = between(random, 0.05, 0.6);
      const kind = random.next();
      if (kind < 0.3) {
        // A fricative, voiced or not.
        const voice = random.next() < 0.3 ? 0.25 : 0;
        const length = between(random, 0.04, 0.16);
        move(0.02, { formantsHz, hiss, hissHz, voice, pitch });
        move(length, { formantsHz, hiss, hissHz, voice, pitch });
      } else if (kind < 0.6) {
        // A stop: closed, a burst, and breath before the vowel or not.
        move(0.01, { formantsHz, pitch });
        move(between(random, 0.03, 0.09), { formantsHz, pitch });
        move(0.002, { formantsHz, hiss: 2 * hiss, hissHz, pitch });
        move(between(random, 0.005, 0.05), { formantsHz, hiss: 0.3 * hiss, hissHz, pitch });
      } else if (kind < 0.8) {
        // A nasal or a liquid: low resonances, softer.
        const [, ...upper] = formantsHz;
        const low: FormantsHz = [scaled(between(random, 220, 380)), ...upper];
        move(0.02, { formantsHz: low, voice: 0.4 * loudness, pitch });
        move(between(random, 0.03, 0.09), { formantsHz: low, voice: 0.4 * loudness, pitch });
      }
      const vowelSeconds = syllableSeconds * between(random, 0.4, 1.4);
      const glide = random.next() < 0.3 ? drawVowel(random, scaled) : formantsHz;
      move(between(random, 0.02, 0.06), { formantsHz, voice: loudness, pitch });
      move(vowelSeconds, {
        formantsHz: glide,
        voice: loudness * between(random, 0.5, 1),
        pitch: pitch * between(random, 0.9, 1.05),
      });
    }
    move(0.05, {});
    move(random.next() ** 2 * 0.9, {});
  }
  postures.push({ ...rest, seconds: Math.max(time, seconds) + 1 });
  return postures;
}

/** Resonances of a vowel. @param scaled from those of a man to the speaker's */
function drawVowel(random: Random, scaled: (hertz: number) => number): FormantsHz {
  const openness = random.next();
  const first = 250 + 550 * openness;
  const front = random.next();
  const second = 650 + 350 * openness + front * (1650 - 1000 * openness);
  const third = Math.max(second + 350, between(random, 2200, 2900));
  const [fourth, fifth] = [between(random, 3200, 3900), between(random, 4100, 5500)];
  return [scaled(first), scaled(second), scaled(third), scaled(fourth), scaled(fifth)];
}

interface Tracks {
  readonly formantsHz: readonly Float32Array[];
  readonly voice: Float32Array;
  readonly hiss: Float32Array;
  readonly hissHz: Float32Array;
  readonly pitch: Float32Array;
}

/** Each number of the postures at each sample. */
function readTracks(postures: readonly Posture[], samples: number): Tracks {
  const read = (valueOf: (posture: Posture) => number): Float32Array => {
    const track = new Float32Array(samples);
    for (let place = 1; place < postures.length; place++) {
      const [from, to] = [at(postures, place - 1), at(postures, place)];
      const start = Math.round(from.seconds * sampleRateHz);
      const end = Math.round(to.seconds * sampleRateHz);
      const [first, slope] = [valueOf(from), (valueOf(to) - valueOf(from)) / Math.max(1, end - start)];
      for (let index = start; index < Math.min(end, samples); index++)
        track[index] = first + slope * (index - start);
    }
    return track;
  };
  return {
    formantsHz: ([0, 1, 2, 3, 4] as const).map((formant) => read(({ formantsHz }) => formantsHz[formant])),
    voice: read(({ voice }) => voice),
    hiss: read(({ hiss }) => hiss),
    hissHz: read(({ hissHz }) => hissHz),
    pitch: read(({ pitch }) => pitch),
  };
}

/** Pulses that rise slowly and end abruptly, their length a little irregular, and breath; at one loudness. */
function makeGlottis(random: Random, speaker: Speaker, { pitch }: Tracks): Float32Array {
  const { pitchHz, openFraction, breath, isWhisper } = speaker;
  const noise = makeNoise(random, pitch.length);
  if (isWhisper) return noise;
  const roughness = 0.04 * random.next() ** 2;
  let turns = random.next();
  let period = 1;
  const pulses = makeSamples(pitch.length, (index) => {
    turns += (period * pitchHz * (pitch[index] ?? 1)) / sampleRateHz;
    if (turns >= 1) {
      turns -= Math.floor(turns);
      period = 1 + roughness * (2 * random.next() - 1);
    }
    const open = turns / openFraction;
    return open < 1 ? open * (2 - 3 * open) : 0; // slope of open^2 (1 - open)
  });
  const source = normaliseRms(lowPass(pulses, 600 * 12 ** random.next()));
  addAt(source, noise, 0, breath);
  return source;
}

/** `resonate` whose centre moves. @param centresHz up to 7 kHz, one a sample */
function resonateAlong(source: Float32Array, centresHz: Float32Array, bandwidthHz: number): Float32Array {
  let low = 0;
  let band = 0;
  return makeSamples(source.length, (index) => {
    const centreHz = centresHz[index] ?? 0;
    const angle = (Math.PI * Math.max(100, centreHz)) / sampleRateHz;
    const step = 2 * angle * (1 - (angle * angle) / 6); // 2 sin(angle) to 2e-3
    const damping = Math.min(1.5, bandwidthHz / Math.max(100, centreHz));
    low += step * band;
    band += step * ((source[index] ?? 0) - low - damping * band);
    return band * damping;
  });
}
