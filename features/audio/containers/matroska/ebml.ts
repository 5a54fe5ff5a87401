import { viewData } from "../audio-track.ts";

/** The head of an element: a name and a length, each a number of variable length (RFC 8794, 4 to 6). */
export interface EbmlHead {
  readonly id: number;
  /** Of the body; undefined when a writer could not know it. */
  readonly size: number | undefined;
  readonly headBytes: number;
}

export const maxEbmlHeadBytes = 12;

/** @returns undefined where no element begins, or its head is cut off */
export function readEbmlHead(bytes: Uint8Array): EbmlHead | undefined {
  const idBytes = countVintBytes(bytes);
  if (idBytes === undefined || idBytes > 4 || bytes.length < idBytes) return undefined;
  const id = bytes.subarray(0, idBytes).reduce((total, byte) => total * 256 + byte, 0);
  const size = readVint(bytes.subarray(idBytes));
  if (size === undefined) return undefined;
  return { id, size: size.isUnknown ? undefined : size.value, headBytes: idBytes + size.bytes };
}

export interface Vint {
  readonly value: number;
  readonly bytes: number;
  /** Whether all bits of the value are set, which means that there is none. */
  readonly isUnknown: boolean;
}

/** A number whose first byte says by its leading zeros how many follow. */
export function readVint(bytes: Uint8Array): Vint | undefined {
  const length = countVintBytes(bytes);
  if (length === undefined || bytes.length < length) return undefined;
  const masked = viewData(bytes).getUint8(0) & ((1 << (8 - length)) - 1);
  const rest = bytes.subarray(1, length);
  const value = rest.reduce((total, byte) => total * 256 + byte, masked);
  const isUnknown = masked === (1 << (8 - length)) - 1 && rest.every((byte) => byte === 0xff);
  return { value, bytes: length, isUnknown };
}

function countVintBytes(bytes: Uint8Array): number | undefined {
  const [first] = bytes;
  return first === undefined || first === 0 ? undefined : Math.clz32(first) - 23;
}

export interface EbmlElement {
  readonly id: number;
  readonly body: Uint8Array;
}

/** The elements in a body, as far as they are whole. */
export function* readElements(body: Uint8Array): Generator<EbmlElement> {
  for (let offset = 0; offset < body.length;) {
    const head = readEbmlHead(body.subarray(offset));
    if (head?.size === undefined) return;
    const start = offset + head.headBytes;
    if (start + head.size > body.length) return;
    yield { id: head.id, body: body.subarray(start, start + head.size) };
    offset = start + head.size;
  }
}

export function readUint(body: Uint8Array): number {
  return body.subarray(0, 8).reduce((total, byte) => total * 256 + byte, 0);
}

/** A signed number of up to eight bytes. */
export function readInt(body: Uint8Array): number {
  const value = readUint(body);
  const isNegative = body.length > 0 && viewData(body).getUint8(0) >= 0x80;
  return isNegative ? value - 2 ** (8 * Math.min(8, body.length)) : value;
}

/** @returns 0 for a body of another length than 4 or 8 */
export function readFloat(body: Uint8Array): number {
  if (body.length === 4) return viewData(body).getFloat32(0);
  return body.length === 8 ? viewData(body).getFloat64(0) : 0;
}
