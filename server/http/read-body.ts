import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { RequestError } from "../request-error.ts";

/** The part of a request that routes read, alike in Fastify and in web standards. */
export interface SoundRequest {
  readonly query: URLSearchParams;
  /** By name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

const decompressors = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

/**
 * A request's body, decompressed as `Content-Encoding` says, up to a number of bytes both as sent and decompressed.
 * @param onBytes called with each piece's length as sent and decompressed
 * @throws RequestError too-large, unsupported-encoding or bad-request, or the signal's reason, also while it waits
 */
export async function* readBody(
  request: Pick<SoundRequest, "body" | "header">,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const announced = Number(request.header("content-length") ?? 0);
  if (announced > maxBytes) throw refuseSize(maxBytes, announced);
  const sent = limit(takeUntilAborted(request.body, signal), maxBytes);
  const encoding = (request.header("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity") {
    yield* sent;
    return;
  }
  if (!isKnownEncoding(encoding))
    throw new RequestError(
      "unsupported-encoding",
      `Content-Encoding: expected one of identity, ${Object.keys(decompressors).join(", ")}`,
    );
  yield* limit(decompress(sent, encoding), maxBytes);
}

/** @throws as `readBody` */
export async function collectBody(pieces: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

function isKnownEncoding(name: string): name is keyof typeof decompressors {
  return Object.hasOwn(decompressors, name);
}

async function* decompress(
  pieces: AsyncIterable<Uint8Array>,
  encoding: keyof typeof decompressors,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(pieces, { objectMode: false });
  const decompressor = decompressors[encoding]();
  source.on("error", (error) => decompressor.destroy(error));
  source.pipe(decompressor);
  try {
    for await (const piece of decompressor) yield piece;
  } catch (error) {
    const isOfData = error instanceof Error && "errno" in error && "code" in error;
    throw isOfData
      ? new RequestError(
          "bad-request",
          `Content-Encoding: expected ${encoding} data, found other data or its end`,
        )
      : error;
  } finally {
    source.destroy();
    decompressor.destroy();
  }
}

async function* limit(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > maxBytes) throw refuseSize(maxBytes, `${bytes} and more`);
    yield piece;
  }
}

function refuseSize(maxBytes: number, found: number | string): RequestError {
  return new RequestError("too-large", `body: expected at most ${maxBytes} bytes, got ${found}`);
}

/** The body is not closed here: a connection whose request is not read to its end can still be answered. */
async function* takeUntilAborted(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = body[Symbol.asyncIterator]();
  let stop: () => void = ignore;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's reason, as it is
      reject(signal.reason);
    };
  });
  aborted.catch(ignore);
  signal.throwIfAborted();
  signal.addEventListener("abort", stop);
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function ignore(): void {
  // Deliberately empty.
}
