import type * as tf from "@tensorflow/tfjs";
import type { BufferPool, ElementType } from "./recording/buffers.ts";
import { Entry } from "./recording/entry.ts";

/** Tensors of texts are stored and given back; no kernel computes with them. */
export class TextEntry {
  references = 1;
  readonly texts: Uint8Array[];

  constructor(texts: Uint8Array[]) {
    this.texts = texts;
  }
}

/** What TF.js hands over for a new tensor, as this backend keeps it: numbers in memory of `pool`. */
export function storeValues(
  values: tf.BackendValues,
  shape: readonly number[],
  dtype: tf.DataType,
  pool: BufferPool,
): Entry | TextEntry {
  if (isTexts(values)) return new TextEntry(values);
  if (dtype === "string") {
    throw new TypeError("onnxruntime: expected texts as bytes for a tensor of texts, got numbers");
  }
  const entry = new Entry(expectElementType(dtype, "tensor"), shape);
  entry.uniform = findUniform(values);
  if (entry.uniform === undefined) {
    // A copy: the caller may fill its array anew before the recording that uses this data has run.
    entry.elements = pool.take(entry.dtype, entry.size);
    entry.elements.set(values);
  }
  return entry;
}

export function expectElementType(dtype: tf.DataType, subject: string): ElementType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new TypeError(
    `${subject}: expected float32, int32 or bool on the onnxruntime backend, got ${dtype}; ` +
      `compute it on another backend, e.g. tf.setBackend("cpu")`,
  );
}

function isTexts(values: tf.BackendValues): values is Uint8Array[] {
  return Array.isArray(values);
}

/** @returns the element that all others equal; undefined if there is none */
function findUniform(values: Exclude<tf.BackendValues, Uint8Array[]>): number | undefined {
  const [first] = values;
  for (const value of values) if (!Object.is(value, first)) return undefined;
  return first;
}
