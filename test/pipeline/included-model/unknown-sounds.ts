import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { createRandom, type Random } from "../../../common/random.ts";
import { decodeAudio } from "../../../features/audio/decode.ts";
import type { Waveform } from "../../../features/audio/waveform.ts";

/*
 * Sounds that the included model has no class for, made by other means than those that it was trained with
 * (datasets/background/): noise by its spectrum instead of by filters, speech by espeak-ng, chords of decaying partials.
 */

const sampleRateHz = 44_100;
const samples = 2 ** 17; // three seconds, a length for the transform

type Kind = (random: Random) => Float32Array;

export const unknownKinds: Readonly<Record<string, Kind>> = {
  silence: () => new Float32Array(samples),
  "near-silence, 3 LSB": (random) => fill(() => Math.round(3 * (2 * random.next() - 1)) / 32_768),
  DC: (random) => new Float32Array(samples).fill(0.9 * random.next() + 0.01),
  hum: makeHum,
  white: (random) => setLevel(fill(random.normal), random),
  pink: (random) => makeColoured(random, 1),
  brown: (random) => makeColoured(random, 2),
  chords: makeChords,
};

/** The seeded examples of a kind. */
export function* drawUnknown(kind: string, count: number): Iterable<Waveform> {
  const make = unknownKinds[kind];
  if (make === undefined)
    throw new RangeError(`${kind}: expected one of ${Object.keys(unknownKinds).join(", ")}`);
  for (let index = 0; index < count; index++)
    yield { samples: make(createRandom(index, `unknown ${kind}`)), sampleRateHz };
}

function fill(draw: () => number): Float32Array {
  return Float32Array.from({ length: samples }, draw);
}

/** Root of the mean square between -50 and -10 dB of full scale. */
function setLevel(sound: Float32Array, random: Random): Float32Array {
  const rms = Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / sound.length);
  const gain = 10 ** ((-50 + 40 * random.next()) / 20) / rms;
  return sound.map((value) => gain * value);
}

/** Power falls as 1 / frequency^exponent: a sum of sines of random phase, a hundred an octave. */
function makeColoured(random: Random, exponent: number): Float32Array {
  const spectrum = Array.from({ length: samples / 2 }, (_, bin) =>
    bin === 0 ? [0, 0] : [random.normal() * bin ** (-exponent / 2), random.normal() * bin ** (-exponent / 2)],
  );
  const real = new Float64Array(samples);
  const imaginary = new Float64Array(samples);
  spectrum.forEach(([a = 0, b = 0], bin) => {
    real[bin] = a;
    imaginary[bin] = b;
  });
  transform(real, imaginary);
  return setLevel(Float32Array.from(real), random);
}

/** Cooley and Tukey's fast Fourier transform, in place, of a power of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const { length } = real;
  for (let index = 1, reversed = 0; index < length; index++) {
    let bit = length >> 1;
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (index < reversed)
      for (const part of [real, imaginary])
        [part[index], part[reversed]] = [part[reversed] ?? NaN, part[index] ?? NaN];
  }
  for (let size = 2; size <= length; size *= 2)
    for (let offset = 0; offset < size / 2; offset++) {
      const angle = (2 * Math.PI * offset) / size;
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      for (let start = offset; start < length; start += size) {
        const other = start + size / 2;
        const a = (real[other] ?? NaN) * cosine - (imaginary[other] ?? NaN) * sine;
        const b = (real[other] ?? NaN) * sine + (imaginary[other] ?? NaN) * cosine;
        real[other] = (real[start] ?? NaN) - a;
        imaginary[other] = (imaginary[start] ?? NaN) - b;
        real[start] = (real[start] ?? NaN) + a;
        imaginary[start] = (imaginary[start] ?? NaN) + b;
      }
    }
}

/** A buzz of 50 or 60 Hz: odd harmonics first, clipped a little, as of a transformer. */
function makeHum(random: Random): Float32Array {
  const mainsHz = random.next() < 0.5 ? 50 : 60;
  const drive = 1 + 4 * random.next();
  const even = random.next();
  return setLevel(
    Float32Array.from({ length: samples }, (_, index) => {
      const phase = (2 * Math.PI * mainsHz * index) / sampleRateHz;
      return Math.tanh(drive * Math.sin(phase)) + even * Math.sin(2 * phase) ** 2;
    }),
    random,
  );
}

/** A sequence of major and minor triads of partials that fade, as of a piano or an organ. */
function makeChords(random: Random): Float32Array {
  const sound = new Float32Array(samples);
  const beat = Math.round((0.3 + 0.7 * random.next()) * sampleRateHz);
  const fading = 0.5 + 3 * random.next();
  for (let start = 0; start < samples; start += beat) {
    const root = 110 * 2 ** (random.integer(18) / 12);
    for (const semitones of [0, random.next() < 0.5 ? 3 : 4, 7])
      for (let partial = 1; partial <= 6; partial++) {
        const angle = (2 * Math.PI * root * 2 ** (semitones / 12) * partial) / sampleRateHz;
        const gain = 1 / partial ** (1 + random.next());
        const end = Math.min(samples, start + 2 * beat);
        for (let index = start; index < end; index++) {
          const seconds = (index - start) / sampleRateHz;
          const attack = Math.min(1, seconds / 0.015);
          sound[index] =
            (sound[index] ?? 0) +
            attack * gain * Math.exp(-fading * partial * seconds) * Math.sin(angle * (index - start));
        }
      }
  }
  return setLevel(sound, random);
}

const sentences = [
  "The train to the coast leaves at half past nine.",
  "Please close the window before it starts to rain.",
  "My sister bought three red apples and a loaf of bread.",
  "Nobody knew where the old map had come from.",
  "We will meet again next Tuesday, at the library.",
  "He counted slowly: one, two, three, four, five.",
  "Could you tell me how to get to the station?",
  "The committee has not decided anything yet.",
  "It was a quiet evening, and the lamps were already lit.",
  "She wrote the number on a piece of paper.",
];

/** Sentences by espeak-ng in many voices, speeds and pitches. @returns undefined where it is not installed */
export async function speakUnknown(folder: string, count: number): Promise<Waveform[] | undefined> {
  const run = promisify(execFile);
  const spoken: Waveform[] = [];
  for (let index = 0; index < count; index++) {
    const random = createRandom(index, "unknown speech");
    const voice = `en${["", "-us", "+f2", "+f4", "+m3", "+m7", "+croak", "+whisper"][random.integer(8)] ?? ""}`;
    const file = path.join(folder, `${index}.wav`);
    const [speed, pitch] = [110 + random.integer(120), 20 + random.integer(60)];
    const options = ["-v", voice, "-s", String(speed), "-p", String(pitch), "-w", file];
    try {
      await run("espeak-ng", [...options, sentences[index % sentences.length] ?? ""]);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    spoken.push(await decodeAudio(await readFile(file), file));
  }
  return spoken;
}
