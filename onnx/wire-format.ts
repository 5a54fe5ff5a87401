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

/** One length-delimited field: tag, length, content. */
export function writeField(number: number, content: Uint8Array): Uint8Array {
  return concatenate([
    Uint8Array.from([...writeVarint(number * 8 + 2), ...writeVarint(content.length)]),
    content,
  ]);
}

/** One field that holds a number, 0 to 2^53. */
export function writeNumber(number: number, value: number): Uint8Array {
  return Uint8Array.from([...writeVarint(number * 8), ...writeVarint(value)]);
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

function writeVarint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}
