import { describeValue, findTag, shortenName } from "../audio/describe-value.ts";
import { SourceError } from "../errors.ts";
import { type ByteStream, type NamedBytes, type StopSignal, throwIfAborted } from "../platform.ts";
import { describeError } from "../../common/describe-error.ts";

/**
 * What both Node and browsers read: an address, a fetched Response, a Blob or File.
 *
 *     const sources: WebSource[] = ["dog.wav", await fetch("dog.wav"), new Blob([bytes])];
 */
export type WebSource = string | URL | Response | Blob;

/** An address or a path is no longer; the bytes of a file as text are. */
const maxAddressLength = 8192;

/**
 * Lets only what can be read pass, so that no other value becomes text, and that text an address which is fetched.
 * Values of another realm count, as an iframe's Blob. The message says what a value is, never what it holds.
 * @throws SourceError
 */
export function checkSource(source: unknown): void {
  const isAddress =
    typeof source === "string" &&
    source !== "" &&
    (source.length <= maxAddressLength || /^(data|blob):/.test(source));
  if (isAddress || isUrl(source) || isResponse(source) || isBlob(source)) return;
  throw new SourceError(
    "audio or model: expected a path or address, a Response, a Blob, the bytes of a file, " +
      `or samples with sampleRateHz, got ${describeValue(source)}`,
  );
}

function isBlob(source: unknown): source is Blob {
  const tag = findTag(source);
  return (tag === "Blob" || tag === "File") && hasMethod(source, "arrayBuffer");
}

function isResponse(source: unknown): source is Response {
  return findTag(source) === "Response" && hasMethod(source, "arrayBuffer");
}

export function isUrl(source: unknown): source is URL {
  return findTag(source) === "URL";
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}

/** All of a source's bytes. @param source as text, an address @throws SourceError, or the signal's reason */
export function readWebSource(source: WebSource, signal?: StopSignal): Promise<NamedBytes> {
  checkSource(source);
  const name = nameWebSource(source);
  return refuseBy(name, signal, async () => {
    const body = isBlob(source) ? source : await fetchResponse(source, signal);
    return { name, bytes: new Uint8Array(await body.arrayBuffer()) };
  });
}

/** The same, piece by piece. */
export function openWebSource(source: WebSource, signal?: StopSignal): Promise<ByteStream> {
  checkSource(source);
  const name = nameWebSource(source);
  return refuseBy(name, signal, async () => {
    const stream = isBlob(source) ? source.stream() : (await fetchResponse(source, signal)).body;
    if (stream === null) throw new Error("a response without content");
    return { name, pieces: readPieces(stream, name, signal) };
  });
}

export function nameWebSource(source: WebSource): string {
  if (typeof source === "string") return shortenName(source);
  if (isUrl(source)) return shortenName(source.href);
  if (isResponse(source)) return shortenName(source.url) || "response";
  return "name" in source && typeof source.name === "string" ? shortenName(source.name) : "blob";
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
    throwIfAborted(signal);
    throw new SourceError(`${name}: expected something to read, got ${describeReadError(error)}`, {
      cause: error,
    });
  }
}

async function fetchResponse(source: string | URL | Response, signal?: StopSignal): Promise<Response> {
  const response = isResponse(source)
    ? source
    : await fetch(
        typeof source === "string" ? source : source.href,
        signal instanceof AbortSignal ? { signal } : {},
      );
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
