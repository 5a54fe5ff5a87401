import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** A seeded stream of random numbers: the same seed and name give the same numbers on every platform. */
export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  readonly next: () => number;
  /** Uniform integer in [0, below). @throws RangeError unless `below` is an integer of 1 to 2^32 */
  readonly integer: (below: number) => number;
  /** Standard normal (mean 0, deviation 1). */
  readonly normal: () => number;
  /** Permutes `items` in place (Fisher-Yates) and returns them. */
  readonly shuffle: <Item>(items: Item[]) => Item[];
  /** Four unsigned 32-bit integers, to go into a checkpoint. */
  readonly state: () => number[];
  /** Continues from what `state` returned. @throws RangeError on anything but four unsigned 32-bit integers */
  readonly restore: (state: readonly number[]) => void;
}

/**
 * Creates the stream named `stream` of a seed. The generator is sfc32 (Chris Doty-Humphrey, PractRand), started from
 * SHA-256 of seed and name, so that neighbouring seeds and names share nothing.
 */
export function createRandom(seed: number, stream: string): Random {
  const words = new Uint32Array(4);
  const digest = new DataView(sha256(utf8ToBytes(`${String(seed)}\n${stream}`)).buffer);
  for (let index = 0; index < 4; index++) words[index] = digest.getUint32(4 * index, true);

  const drawWord = (): number => advance(words);
  const next = (): number => drawWord() / 2 ** 32;
  const integer = (below: number): number => drawBelow(drawWord, below);
  return {
    next,
    integer,
    normal: () => drawNormal(next),
    shuffle: (items) => shuffleInPlace(items, integer),
    state: () => [...words],
    restore: (state) => {
      words.set(checkState(state));
    },
  };
}

/** One step of sfc32: three mixed words and a counter that keeps the period above 2^32. */
function advance(words: Uint32Array): number {
  // Runs for every random number: `?? 0` is never taken, and `at` would cost time.
  const a = words[0] ?? 0;
  const b = words[1] ?? 0;
  const c = words[2] ?? 0;
  const counter = words[3] ?? 0;
  const result = (a + b + counter) >>> 0;
  words[0] = b ^ (b >>> 9);
  words[1] = c + (c << 3);
  words[2] = ((c << 21) | (c >>> 11)) + result;
  words[3] = counter + 1;
  return result;
}

function drawBelow(drawWord: () => number, below: number): number {
  if (!Number.isInteger(below) || below < 1 || below > 2 ** 32)
    throw new RangeError(`integer(below): expected an integer of 1 to 2^32, got ${below}`);
  const limit = 2 ** 32 - (2 ** 32 % below); // words above it would favour the small remainders
  let word = drawWord();
  while (word >= limit) word = drawWord();
  return word % below;
}

/** Marsaglia's polar method; its second number is dropped, so that the state stays four words. */
function drawNormal(next: () => number): number {
  for (;;) {
    const x = 2 * next() - 1;
    const y = 2 * next() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

function shuffleInPlace<Item>(items: Item[], integer: (below: number) => number): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const picked = integer(last + 1);
    // A swap by splice: unlike indexing, it has no `undefined` in its type.
    items.splice(last, 1, ...items.splice(picked, 1, ...items.slice(last, last + 1)));
  }
  return items;
}

function checkState(state: readonly number[]): readonly number[] {
  const isWord = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 32;
  if (state.length !== 4 || !state.every(isWord))
    throw new RangeError(`restore(state): expected four unsigned 32-bit integers, got [${state.join(", ")}]`);
  return state;
}
