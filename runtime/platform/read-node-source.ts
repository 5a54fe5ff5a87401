import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ByteStream, NamedBytes, StopSignal } from "../platform.ts";
import { shortenName } from "../audio/describe-value.ts";
import {
  checkSource,
  isUrl,
  nameWebSource,
  openWebSource,
  readWebSource,
  refuseBy,
  type WebSource,
} from "./read-web-source.ts";

/**
 * What Node reads bytes from: a path, an address, a fetched Response, a Blob or File.
 *
 *     const sources: NodeSource[] = ["dog.wav", new URL("file:///sounds/dog.wav"), new Blob([bytes])];
 */
export type NodeSource = WebSource;

/** @throws SourceError, or the signal's reason */
export function readNodeSource(source: NodeSource, signal?: StopSignal): Promise<NamedBytes> {
  const path = findPath(source);
  if (path === undefined) return readWebSource(source, signal);
  const name = shortenName(path);
  return refuseBy(name, signal, async () => ({
    name,
    bytes: await readFile(path, signal instanceof AbortSignal ? { signal } : {}),
  }));
}

/** The same, piece by piece. */
export function openNodeSource(source: NodeSource, signal?: StopSignal): Promise<ByteStream> {
  const path = findPath(source);
  if (path === undefined) return openWebSource(source, signal);
  return Promise.resolve({ name: nameWebSource(source), pieces: readPieces(path, signal) });
}

/** The path of a file on this machine; undefined for what is fetched. `C:\clip.wav` is a path. */
export function findPath(source: NodeSource): string | undefined {
  checkSource(source);
  if (isUrl(source)) return source.protocol === "file:" ? fileURLToPath(source.href) : undefined;
  if (typeof source !== "string" || /^(https?|data|blob):/.test(source)) return undefined;
  return source.startsWith("file://") ? fileURLToPath(source) : source;
}

async function* readPieces(path: string, signal?: StopSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(path);
  try {
    const iterator: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await refuseBy(shortenName(path), signal, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stream.destroy();
  }
}
