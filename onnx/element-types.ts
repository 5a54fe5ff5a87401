/** Typed array that holds each element type; float16 as its bits, bool as 0 and 1. */
interface ArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  bool: Uint8Array;
  int32: Int32Array;
  int64: BigInt64Array;
}

export type ElementType = keyof ArrayOf;
export type TensorData = ArrayOf[ElementType];

/** `TensorProto.DataType` of each element type (onnx.proto, `message TensorProto`), and bytes per element. */
export const elementTypes = {
  float32: { code: 1, bytes: 4 },
  float64: { code: 11, bytes: 8 },
  float16: { code: 10, bytes: 2 },
  int8: { code: 3, bytes: 1 },
  uint8: { code: 2, bytes: 1 },
  bool: { code: 9, bytes: 1 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
} as const satisfies Record<ElementType, { code: number; bytes: number }>;

const arrayMakers = {
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
  float16: (buffer) => new Uint16Array(buffer),
  int8: (buffer) => new Int8Array(buffer),
  uint8: (buffer) => new Uint8Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  int64: (buffer) => new BigInt64Array(buffer),
} satisfies { [Type in ElementType]: (buffer: ArrayBuffer) => ArrayOf[Type] };

const elementTypeNames: readonly ElementType[] = [
  "float32",
  "float64",
  "float16",
  "int8",
  "uint8",
  "bool",
  "int32",
  "int64",
];

/** The element type that a typed array stands for by itself. */
export function inferElementType(data: TensorData): ElementType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Uint16Array) return "float16";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int32Array) return "int32";
  return "int64";
}

/** @returns undefined for a type that we never write, e.g. string or complex */
export function findElementType(code: number): ElementType | undefined {
  return elementTypeNames.find((name) => elementTypes[name].code === code);
}

/** Little-endian bytes, as `raw_data` wants them; a view on `data`, not a copy. */
export function viewBytes(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The inverse of `viewBytes`; copies, because `bytes` may lie at an odd address. */
export function readElements(bytes: Uint8Array, elementType: ElementType): TensorData {
  return arrayMakers[elementType](new Uint8Array(bytes).buffer);
}
