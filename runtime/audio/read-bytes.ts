import type { NamedBytes } from "../platform.ts";
import { findTag, shortenName } from "./describe-value.ts";

/**
 * A file's content, with or without a name for messages.
 *
 *     const model: BytesInMemory = { name: "model.onnx", bytes };
 */
export type BytesInMemory = Uint8Array | ArrayBuffer | NamedBytes;

export function isBytesInMemory(source: unknown): source is BytesInMemory {
  return viewBytes(source) !== undefined || viewBytes(getBytes(source)) !== undefined;
}

/** @param fallbackName the name of bytes that have none */
export function nameBytes(source: BytesInMemory, fallbackName: string): NamedBytes {
  const bytes = viewBytes(source) ?? viewBytes(getBytes(source));
  if (bytes === undefined) throw new TypeError("expected bytes in memory");
  const name = "name" in source && typeof source.name === "string" ? source.name : fallbackName;
  return { name: shortenName(name), bytes };
}

/** A Blob's and a Response's `bytes` are methods. */
function getBytes(source: unknown): unknown {
  return typeof source === "object" && source !== null && "bytes" in source ? source.bytes : undefined;
}

/** Bytes of any realm as this one's, without a copy. */
function viewBytes(value: unknown): Uint8Array | undefined {
  const tag = findTag(value);
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) {
    const isBytes = tag === "Uint8Array" || tag === "Uint8ClampedArray" || tag === "DataView";
    return isBytes ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
  }
  return isBuffer(value, tag) ? new Uint8Array(value) : undefined;
}

function isBuffer(_: unknown, tag: string | undefined): _ is ArrayBuffer {
  return tag === "ArrayBuffer" || tag === "SharedArrayBuffer";
}
