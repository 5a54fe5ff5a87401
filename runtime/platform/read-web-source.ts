import { describeError, SourceError } from "../errors.ts";
import type { ByteStream, NamedBytes, StopSignal } from "../platform.ts";

/** What both Node and browsers read: an address, a fetched Response, a Blob or File. */
export type WebSource = string | URL | Response | Blob;

/** All of a source's bytes. @param source as text, an address @throws SourceError, or the signal's reason */
export function readWebSource(source: WebSource, signal?: StopSignal): Promise<NamedBytes> {
  const name = nameWebSource(source);
  return refuseBy(name, signal, async () => {
    const body = source instanceof Blob ? source : await fetchResponse(source, signal);
    return { name, bytes: new Uint8Array(await body.arrayBuffer()) };
  });
}

/** The same, piece by piece. */
export function openWebSource(source: WebSource, signal?: StopSignal): Promise<ByteStream> {
  const name = nameWebSource(source);
  return refuseBy(name, signal, async () => {
    const stream = source instanceof Blob ? source.stream() : (await fetchResponse(source, signal)).body;
    if (stream === null) throw new Error("a response without content");
    return { name, pieces: readPieces(stream, name, signal) };
  });
}

export function nameWebSource(source: WebSource): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return source.href;
  if (source instanceof Response) return source.url || "response";
  return "name" in source && typeof source.name === "string" ? source.name : "blob";
}

/** Runs a read; what goes wrong becomes a SourceError, but an abort stays its reason. */
export async function refuseBy<Answer>(
  name: string,
  signal: StopSignal | undefined,
  read: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new SourceError(`${name}: expected something to read, got ${describeReadError(error)}`, {
      cause: error,
    });
  }
}

async function fetchResponse(source: string | URL | Response, signal?: StopSignal): Promise<Response> {
  const response =
    source instanceof Response
      ? source
      : await fetch(source, signal instanceof AbortSignal ? { signal } : {});
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return response;
}

/** By a reader, because not every browser can iterate a stream. */
async function* readPieces(
  stream: ReadableStream<Uint8Array>,
  name: string,
  signal: StopSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await refuseBy(name, signal, () => reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** Node's messages repeat the path and fetch's say nothing; their codes and causes are shorter and clearer. */
function describeReadError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "no such file";
  if (code === "EISDIR") return "a folder";
  return error.cause === undefined ? error.message : `${error.message} (${describeError(error.cause)})`;
}
