import { encodeUtf8 } from "./utf8.ts";

/**
 * The protobuf wire format (protobuf.dev/programming-guides/encoding), as far as needed to walk a message's fields
 * without its schema. No dependency, so that a browser page reads a model's metadata in a few hundred bytes of code.
 */
export interface WireField {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wireType: number;
  /** Tag, length and content. */
  readonly bytes: Uint8Array;
  /** The content alone; for a varint its bytes. */
  readonly content: Uint8Array;
}

/** @throws OnnxFormatError when a tag, length or number does not fit into the bytes */
export function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let position = 0;
  while (position < bytes.length) {
    const tag = readVarint(bytes, position);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    if (number === 0) throw new OnnxFormatError(`a field number 0 at byte ${position}`);
    const { start, end } = findContent(bytes, tag.end, wireType);
    fields.push({
      number,
      wireType,
      bytes: bytes.subarray(position, end),
      content: bytes.subarray(start, end),
    });
    position = end;
  }
  return fields;
}

/** The numbers of a packed field, or the one of a varint; exact from 0 to 2^53. */
export function readVarints(content: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let position = 0; position < content.length;) {
    const { value, end } = readVarint(content, position);
    numbers.push(value);
    position = end;
  }
  return numbers;
}

/** One length-delimited field: tag, length, content. */
export function writeField(number: number, content: Uint8Array): Uint8Array {
  return concatenate(wrapField(number, [content]));
}

/** As `writeField`, of content in pieces, which are not copied. */
export function wrapField(number: number, content: readonly Uint8Array[]): Uint8Array[] {
  const length = content.reduce((total, piece) => total + piece.length, 0);
  return [Uint8Array.from([...writeVarint(number * 8 + 2), ...writeVarint(length)]), ...content];
}

export function writeText(number: number, text: string): Uint8Array {
  return writeField(number, encodeUtf8(text));
}

/** One field that holds an integer, -2^53 to 2^53. */
export function writeNumber(number: number, value: number): Uint8Array {
  return Uint8Array.from([...writeVarint(number * 8), ...writeInteger(value)]);
}

/** One field that holds many integers (packed); nothing where there are none. */
export function writeNumbers(number: number, values: readonly number[]): Uint8Array[] {
  return values.length === 0 ? [] : [writeField(number, Uint8Array.from(values.flatMap(writeInteger)))];
}

/** One float32. */
export function writeFloat(number: number, value: number): Uint8Array {
  return Uint8Array.from([...writeVarint(number * 8 + 5), ...encodeFloat(value)]);
}

/** One field that holds many float32 (packed); nothing where there are none. */
export function writeFloats(number: number, values: readonly number[]): Uint8Array[] {
  return values.length === 0 ? [] : [writeField(number, Uint8Array.from(values.flatMap(encodeFloat)))];
}

/** Messages, or fields of one, one after another. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

/** Bytes that are no ONNX model. The message says what was found; name the file where it is known. */
export class OnnxFormatError extends Error {
  override readonly name = "OnnxFormatError";

  constructor(actual: string, options?: ErrorOptions) {
    super(`expected an ONNX model, got ${actual}`, options);
  }
}

function findContent(bytes: Uint8Array, start: number, wireType: number): { start: number; end: number } {
  switch (wireType) {
    case 0:
      return { start, end: readVarint(bytes, start).end };
    case 1:
      return { start, end: expectInside(bytes, start, 8) };
    case 2: {
      const length = readVarint(bytes, start);
      return { start: length.end, end: expectInside(bytes, length.end, length.value) };
    }
    case 5:
      return { start, end: expectInside(bytes, start, 4) };
    default:
      throw new OnnxFormatError(`a field of unknown wire type ${wireType} before byte ${start}`);
  }
}

function expectInside(bytes: Uint8Array, start: number, length: number): number {
  if (length > bytes.length - start) {
    throw new OnnxFormatError(`a field of ${length} bytes where only ${bytes.length - start} are left`);
  }
  return start + length;
}

/** Integers of a varint field, or of many packed ones: exact up to 2^53. */
export function readIntegers(field: WireField): number[] {
  const values: number[] = [];
  for (let position = 0; position < field.content.length;) {
    const { end } = readVarint(field.content, position);
    values.push(readInteger(field.content.subarray(position, end)));
    position = end;
  }
  return values;
}

function readInteger(bytes: Uint8Array): number {
  const value = bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
  return Number(BigInt.asIntN(64, value));
}

/** Exact up to 2^53; a negative int64 comes out as about 2^64, larger than any length. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new OnnxFormatError(`a file cut off at byte ${start + index}`);
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw new OnnxFormatError(`a number of more than ten bytes at byte ${start}`);
}

/** A negative int64 is written as its two's complement, in ten bytes. */
function writeInteger(value: number): number[] {
  if (value >= 0) return writeVarint(value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) + 0x80);
  return [...bytes, Number(rest)];
}

function encodeFloat(value: number): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...bytes];
}

function writeVarint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}
