import type { Random } from "../../common/random.ts";
import { addAt, between, decayFactor, highPass, makeNoise, sampleRateHz, sine } from "../synthetic/signal.ts";
import { at } from "../../common/at.ts";

/** What a note sounds like, whatever its pitch. */
interface Instrument {
  readonly partialGains: readonly number[];
  /** How much the frequency of partial p exceeds p times the first, as of stiff strings. */
  readonly stiffness: number;
  /** Until the first partial has fallen to 1/e; the higher ones fall faster by the power `damping`. */
  readonly decaySeconds: number;
  readonly damping: number;
  readonly attackSeconds: number;
  /** Cents between two strings of a note; 0: one string. */
  readonly detuneCents: number;
}

const chordTypes = [
  [0, 4, 7],
  [0, 3, 7],
  [0, 4, 7, 12],
  [0, 3, 7, 10],
  [0, 4, 7, 11],
  [0, 5, 7],
  [0, 3, 6],
  [0, 7],
] as const;
const scale = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16] as const;

/**
 * Music: chords one after another, struck or broken, with a melody over them, a bass below and a beat, or without;
 * instruments from a flute to a bell.
 */
export function makeMusic(random: Random, samples: number): Float32Array {
  const beatSamples = Math.round(between(random, 0.18, 1.2) * sampleRateHz);
  const tonicHz = 65 * 2 ** (2.2 * random.next());
  const chords = drawInstrument(random);
  const lead = drawInstrument(random);
  const holdBeats = between(random, 0.7, 3);
  const breakSamples = random.next() < 0.4 ? Math.round(0.25 * random.next() * beatSamples) : 0;
  const leadGain = random.next() < 0.5 ? 0 : between(random, 0.3, 1);
  const bassGain = random.next() < 0.6 ? 0 : between(random, 0.3, 1);
  const beatGain = random.next() < 0.75 ? 0 : between(random, 0.05, 0.5);
  const music = new Float32Array(samples);
  const play = (instrument: Instrument, pitchHz: number, start: number, gain: number): void => {
    if (start < samples)
      addNote(music, instrument, pitchHz, start, Math.round(holdBeats * beatSamples), gain);
  };
  for (let start = 0; start < samples; start += beatSamples) {
    const rootHz = tonicHz * 2 ** (at(scale, random.integer(7)) / 12);
    const chord = at(chordTypes, random.integer(chordTypes.length));
    for (const [voice, semitones] of chord.entries())
      play(chords, rootHz * 2 ** (semitones / 12), start + voice * breakSamples, between(random, 0.6, 1));
    if (bassGain > 0) play(chords, rootHz / 2, start, bassGain);
    for (let half = 0; half < 2 && leadGain > 0; half++) {
      const semitones = 12 + at(scale, random.integer(scale.length));
      play(lead, tonicHz * 2 ** (semitones / 12), start + Math.round((half * beatSamples) / 2), leadGain);
    }
    if (beatGain > 0) {
      const stroke = highPass(makeNoise(random, Math.round(0.08 * sampleRateHz)), between(random, 100, 5000));
      const fading = decayFactor(0.02);
      let level = beatGain;
      for (let index = 0; index < stroke.length; index++)
        stroke[index] = (stroke[index] ?? 0) * (level *= fading); // `?? 0`, here and below: inner loops over samples
      addAt(music, stroke, start, 1);
    }
  }
  return music;
}

function drawInstrument(random: Random): Instrument {
  const tilt = between(random, 0.5, 2.5);
  const evenGain = random.next() < 0.25 ? random.next() : 1;
  return {
    partialGains: Array.from(
      { length: 1 + random.integer(10) },
      (_, index) => (between(random, 0.4, 1) * (index % 2 === 1 ? evenGain : 1)) / (index + 1) ** tilt,
    ),
    stiffness: random.next() < 0.5 ? 0 : 1e-3 * random.next() ** 2,
    decaySeconds: 0.12 * 30 ** random.next(),
    damping: 1.2 * random.next(),
    attackSeconds: 0.003 * 40 ** random.next(),
    detuneCents: random.next() < 0.5 ? 0 : between(random, 2, 15),
  };
}

/** Each partial is a ringing filter of second order, which needs no sine a sample. */
function addNote(
  target: Float32Array,
  { partialGains, stiffness, decaySeconds, damping, attackSeconds, detuneCents }: Instrument,
  pitchHz: number,
  start: number,
  length: number,
  gain: number,
): void {
  const end = Math.min(target.length, start + length);
  const releaseSamples = 0.03 * sampleRateHz;
  const attackSamples = attackSeconds * sampleRateHz;
  for (const [index, partialGain] of partialGains.entries()) {
    const order = index + 1;
    const fading = decayFactor(decaySeconds / order ** damping);
    for (const cents of detuneCents === 0 ? [0] : [0, detuneCents]) {
      const hertz = pitchHz * order * Math.sqrt(1 + stiffness * order * order) * 2 ** (cents / 1200);
      if (hertz > 0.45 * sampleRateHz) continue;
      const turns = hertz / sampleRateHz;
      const twice = 2 * fading * sine(turns + 0.25);
      let [before, now] = [0, fading * sine(turns)];
      for (let place = start; place < end; place++) {
        const edge = Math.min(1, (place - start) / attackSamples, (end - place) / releaseSamples);
        target[place] = (target[place] ?? 0) + gain * partialGain * edge * before;
        [before, now] = [now, twice * now - fading * fading * before];
      }
    }
  }
}
