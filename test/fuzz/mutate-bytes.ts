import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";

/** One to four changes: flipped bits, other bytes, a part cut out, doubled, zeroed or exchanged, the end cut off. */
export function mutateBytes(base: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = base.slice();
  for (let change = random.integer(4); change >= 0; change--) {
    if (bytes.length > 8) bytes = at(mutations, random.integer(mutations.length))(bytes, random);
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
    bytes[place] = at(bytes, place) ^ (1 << random.integer(8));
    return bytes;
  },
  (bytes, random) => {
    bytes[choosePlace(bytes, random)] = at([0, 0xff, 0x7f, 0x80, random.integer(256)], random.integer(5));
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
    // Four bytes that may be a size, a count or a rate.
    const place = Math.min(choosePlace(bytes, random), bytes.length - 4);
    const value = at(
      [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, random.integer(2 ** 16)],
      random.integer(6),
    );
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(place, value, random.integer(2) === 0);
    return bytes;
  },
  (bytes, random) => {
    const part = bytes.slice(0, random.integer(200));
    bytes.set(part, random.integer(bytes.length - part.length + 1));
    return bytes;
  },
  (bytes, random) => bytes.slice(0, 1 + random.integer(bytes.length)),
];

const jsonValues = [
  ...["0", "-1", "1", "3", "1e308", "1.5", "2147483648", "9007199254740993"],
  ...["null", '"7"', "[]", "{}", "true"],
];

/** Another number, text or name in a JSON text, which stays JSON. @returns undefined where there is none */
export function mutateJson(text: string, random: Random): string | undefined {
  const places = [...text.matchAll(/-?\d+(\.\d+)?([eE][-+]?\d+)?|"[^"]*"/g)];
  const place = places[random.integer(Math.max(1, places.length))];
  if (place === undefined) return undefined;
  const value = at(jsonValues, random.integer(jsonValues.length));
  return text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
}
