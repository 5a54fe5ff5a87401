import type { NamedBytes } from "../platform.ts";

/** A file's content, with or without a name for messages. */
export type BytesInMemory = Uint8Array | ArrayBuffer | NamedBytes;

export function isBytesInMemory(source: object | string): source is BytesInMemory {
  return (
    source instanceof Uint8Array ||
    source instanceof ArrayBuffer ||
    // A Blob's and a Response's `bytes` are methods.
    (typeof source === "object" && "bytes" in source && source.bytes instanceof Uint8Array)
  );
}

/** @param fallbackName the name of bytes that have none */
export function nameBytes(source: BytesInMemory, fallbackName: string): NamedBytes {
  if (source instanceof Uint8Array) return { name: fallbackName, bytes: source };
  if (source instanceof ArrayBuffer) return { name: fallbackName, bytes: new Uint8Array(source) };
  return source;
}
