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

/** Little-endian bytes, as `raw_data` wants them; a view on `data`, not a copy. */
export function viewBytes(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
