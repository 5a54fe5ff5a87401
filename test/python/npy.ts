// The NPY format, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

export type NpyData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface NpyArray {
  readonly data: NpyData;
  /** Row-major; the product is the data's length. */
  readonly shape: readonly number[];
}

const magic = Buffer.from("\x93NUMPY\x01\x00", "latin1");

/** Numbers in row-major order with their shape; without one, a vector. */
export function toNpy(data: NpyData, shape: readonly number[] = [data.length]): NpyArray {
  return { data, shape };
}

export function writeNpy({ data, shape }: NpyArray): Buffer {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new Error(`npy: expected ${count} numbers for [${shape.join(", ")}], got ${data.length}`);
  }
  const tuple = shape.map((size) => `${size},`).join(" ");
  const text = `{'descr': '${describeType(data)}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const padded =
    text.padEnd(Math.ceil((magic.length + 2 + text.length + 1) / 64) * 64 - magic.length - 3) + "\n";
  const size = Buffer.alloc(2);
  size.writeUInt16LE(padded.length);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([magic, size, Buffer.from(padded, "latin1"), bytes]);
}

export function readNpy(bytes: Buffer): NpyArray {
  if (!bytes.subarray(0, 6).equals(magic.subarray(0, 6))) throw new Error("npy: expected an NPY file");
  const wide = bytes.readUInt8(6) >= 2;
  const begin = wide ? 12 : 10;
  const end = begin + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString("latin1", begin, end);
  const type = /'descr': '([^']+)'/.exec(header)?.[1];
  const tuple = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (type === undefined || tuple === undefined || header.includes("'fortran_order': True")) {
    throw new Error(`npy: expected a row-major array, got ${header.trim()}`);
  }
  const shape = tuple
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  return { data: readData(type, new Uint8Array(bytes.subarray(end)).buffer), shape };
}

function describeType(data: NpyData): string {
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Float64Array) return "<f8";
  if (data instanceof Int32Array) return "<i4";
  if (data instanceof BigInt64Array) return "<i8";
  return "|u1";
}

function readData(type: string, buffer: ArrayBuffer): NpyData {
  switch (type) {
    case "<f4":
      return new Float32Array(buffer);
    case "<f8":
      return new Float64Array(buffer);
    case "<i4":
      return new Int32Array(buffer);
    case "<i8":
      return new BigInt64Array(buffer);
    case "|u1":
    case "|b1":
      return new Uint8Array(buffer);
    default:
      throw new Error(
        `npy: expected f4, f8, i4, i8, u1 or bool, got ${type}: convert it in Python with .astype`,
      );
  }
}
