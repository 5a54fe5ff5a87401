import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "../../../common/random.ts";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { isOgg } from "../../../features/audio/containers/ogg.ts";
import { computePageCrc } from "../../../features/audio/containers/ogg-pages.ts";
import { UserError } from "../../../common/user-error.ts";
import { makeNoise } from "../signals.ts";
import { writeWav } from "./write-wav.ts";

export interface FuzzResult {
  readonly files: number;
  readonly refused: number;
  readonly decoded: number;
  readonly slowestMs: number;
  /** What must never happen: another error than UserError, or sound that nobody should get. */
  readonly failures: readonly string[];
}

/** A sound file of each format, and WAV in two encodings. */
export function fuzzBases(): { readonly name: string; readonly bytes: Uint8Array }[] {
  const names = ["mono.mp3", "stereo.mp3", "mono.flac", "mono.ogg", "stereo.opus"];
  return [
    { name: "pcm.wav", bytes: writeWav(makeNoise(4000, 1), { channels: 2 }) },
    { name: "float.wav", bytes: writeWav(makeNoise(2000, 1), { encoding: "float32" }) },
    ...names.map((name) => ({
      name,
      bytes: new Uint8Array(readFileSync(join(import.meta.dirname, "files", name))),
    })),
  ];
}

/**
 * Decodes `files` mutated copies of a sound file, seeded. A copy is either refused with a UserError or gives finite
 * samples at a plausible rate, no longer than the limit.
 */
export async function fuzzDecoding(base: Uint8Array, name: string, files: number): Promise<FuzzResult> {
  const random = createRandom(1, `fuzz ${name}`);
  const failures: string[] = [];
  let refused = 0;
  let slowestMs = 0;
  for (let index = 0; index < files; index++) {
    const mutated = mutate(base, random);
    if (isOgg(base) && random.integer(2) === 0) repairPages(mutated); // or no change would get past the checksums
    const start = performance.now();
    try {
      const { samples, sampleRateHz } = await decodeAudio(mutated, name, { maxSeconds: 60 });
      const isPlausible = samples.length > 0 && samples.length <= 60 * sampleRateHz;
      const isFinite = samples.every((sample) => Math.abs(sample) <= 1000);
      if (!isPlausible || !isFinite || sampleRateHz < 1000 || sampleRateHz > 768_000) {
        failures.push(
          `${name} ${index}: ${samples.length} samples at ${sampleRateHz} Hz, finite: ${isFinite}`,
        );
      }
    } catch (error) {
      if (error instanceof UserError) refused++;
      else failures.push(`${name} ${index}: ${String(error)}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  return { files, refused, decoded: files - refused - failures.length, slowestMs, failures };
}

/** One to four changes: flipped bits, other bytes, a part cut out, doubled, zeroed or exchanged, the end cut off. */
function mutate(base: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = base.slice();
  for (let change = random.integer(4); change >= 0; change--) {
    if (bytes.length > 8) bytes = mutations[random.integer(mutations.length)]?.(bytes, random) ?? bytes;
  }
  return bytes;
}

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Headers decide most, so half of the places lie in the first 100 bytes. */
function choosePlace(bytes: Uint8Array, random: Random): number {
  return random.integer(random.integer(2) === 0 ? Math.min(100, bytes.length) : bytes.length);
}

const mutations: Mutation[] = [
  (bytes, random) => {
    const place = choosePlace(bytes, random);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << random.integer(8));
    return bytes;
  },
  (bytes, random) => {
    bytes[choosePlace(bytes, random)] = [0, 0xff, 0x7f, 0x80, random.integer(256)][random.integer(5)] ?? 0;
    return bytes;
  },
  (bytes, random) => bytes.fill(0, choosePlace(bytes, random), random.integer(bytes.length)),
  (bytes, random) => {
    const place = choosePlace(bytes, random);
    const end = Math.min(bytes.length, place + 1 + random.integer(64));
    return new Uint8Array([...bytes.subarray(0, place), ...bytes.subarray(end)]);
  },
  (bytes, random) => {
    const place = choosePlace(bytes, random);
    const end = Math.min(bytes.length, place + 1 + random.integer(2000));
    return new Uint8Array([...bytes.subarray(0, end), ...bytes.subarray(place)]);
  },
  (bytes, random) => {
    const part = bytes.slice(0, random.integer(200));
    bytes.set(part, random.integer(bytes.length - part.length + 1));
    return bytes;
  },
  (bytes, random) => bytes.slice(0, 1 + random.integer(bytes.length)),
];

/** Gives every whole page the checksum of what it now holds. */
function repairPages(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  for (let start = 0; start + 27 <= bytes.length;) {
    const body = start + 27 + (bytes[start + 26] ?? 0);
    const end = bytes.subarray(start + 27, body).reduce((total, size) => total + size, body);
    if (end > bytes.length) return;
    view.setUint32(start + 22, computePageCrc(bytes, start, end), true);
    start = end;
  }
}
