import { viewData } from "../audio-track.ts";
import { readVint } from "./ebml.ts";

/**
 * The packets in a block's body (RFC 9559, 10.3).
 * @param lacing 0: one packet; 1: lengths as Xiph writes them; 2: equal lengths; 3: differences of lengths
 */
export function cutLaces(body: Uint8Array, lacing: number): readonly Uint8Array[] {
  if (lacing === 0 || body.length === 0) return [body];
  const count = viewData(body).getUint8(0) + 1;
  if (lacing === 2) {
    const length = Math.floor((body.length - 1) / count);
    return Array.from({ length: count }, (_, index) =>
      body.subarray(1 + index * length, 1 + (index + 1) * length),
    );
  }
  const { lengths, end } = lacing === 1 ? readXiphLengths(body, count - 1) : readEbmlLengths(body, count - 1);
  let start = end;
  const packets = lengths.map((length) => body.subarray(start, (start += length)));
  return [...packets, body.subarray(start)];
}

/** Lengths as sums of bytes, of which the first below 255 is the last (RFC 9559, 10.3.2). */
export function readXiphLengths(
  body: Uint8Array,
  count: number,
): { readonly lengths: readonly number[]; readonly end: number } {
  const lengths: number[] = [];
  let length = 0;
  let end = 1;
  for (; end < body.length && lengths.length < count; end++) {
    const byte = viewData(body).getUint8(end);
    length += byte;
    if (byte === 255) continue;
    lengths.push(length);
    length = 0;
  }
  return { lengths, end };
}

/** The first length, then differences, each shifted by half its range (RFC 9559, 10.3.3). */
function readEbmlLengths(body: Uint8Array, count: number) {
  const lengths: number[] = [];
  let end = 1;
  let length = 0;
  while (lengths.length < count) {
    const vint = readVint(body.subarray(end));
    if (vint === undefined) break;
    length += lengths.length === 0 ? vint.value : vint.value - (2 ** (7 * vint.bytes - 1) - 1);
    lengths.push(Math.max(0, length));
    end += vint.bytes;
  }
  return { lengths, end };
}
