import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Classifier } from "./classifier.ts";
import { AudioError, DisposedError } from "./errors.ts";

export interface ServerOptions {
  /** Largest body of a request. Default 25 MB: ten minutes of compressed sound. */
  readonly maxBodyBytes?: number;
  /** Longest sound that is decoded; a small file can stand for hours. Default 600. */
  readonly maxSeconds?: number;
  /** Requests that are answered at once; more are refused with 503. Default 16. */
  readonly maxRequests?: number;
  /** Time for a request to arrive in full. Default 30,000. */
  readonly requestTimeoutMs?: number;
}

/** What a request is answered with, always as JSON. */
interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

type Classify = Pick<Classifier<string>, "classify" | "info" | "backend">;

/** A refusal that the client caused, with its HTTP status. */
class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * An HTTP server over a classifier, which stays its owner's; call `listen` on it.
 *
 * - `POST /classify`, the body an audio file: `{ labels: [{ label, index, probability, logit }] }`, best first.
 *   `?top=3` shortens the list.
 * - `GET /info`: the model's metadata and the backend. `GET /health`: `{ status: "ok" }`.
 *
 * Errors are `{ error: { code, message } }`: 400 for no sound, 404, 405, 413 for too much, 503 when busy.
 */
export function createHttpServer(classifier: Classify, options: ServerOptions = {}): Server {
  const { maxRequests = 16, requestTimeoutMs = 30_000 } = options;
  let active = 0;
  const server = createServer((request, response) => {
    if (active >= maxRequests) {
      send(
        response,
        describeError(new RequestError(503, "busy", "expected fewer requests at once, try again")),
      );
      request.resume();
      return;
    }
    active += 1;
    void answer(request, response, classifier, options).finally(() => {
      active -= 1;
    });
  });
  server.requestTimeout = requestTimeoutMs;
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  classifier: Classify,
  options: ServerOptions,
): Promise<void> {
  const controller = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) controller.abort(new Error("the client has gone"));
  });
  try {
    send(response, await route(request, classifier, options, controller.signal));
  } catch (error) {
    if (!controller.signal.aborted) send(response, describeError(error));
    request.resume(); // a body that is not wanted must not block the connection
  }
}

async function route(
  request: IncomingMessage,
  classifier: Classify,
  { maxBodyBytes = 25_000_000, maxSeconds = 600 }: ServerOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  switch (path) {
    case "/health":
      allow(request, "GET");
      return { status: 200, body: { status: "ok" } };
    case "/info":
      allow(request, "GET");
      return { status: 200, body: { ...classifier.info, backend: classifier.backend } };
    case "/classify": {
      allow(request, "POST");
      const top = readTop(new URLSearchParams(query));
      const bytes = await readBody(request, maxBodyBytes);
      const labels = await classifier.classify({ name: "request body", bytes }, { maxSeconds, signal });
      return { status: 200, body: { labels: labels.slice(0, top) } };
    }
    default:
      throw new RequestError(404, "not-found", `expected /classify, /info or /health, got ${path}`);
  }
}

function allow({ method = "" }: IncomingMessage, wanted: string): void {
  if (method !== wanted && !(wanted === "GET" && method === "HEAD"))
    throw new RequestError(405, "bad-method", `expected ${wanted}, got ${method}`);
}

function readTop(parameters: URLSearchParams): number | undefined {
  const text = parameters.get("top");
  if (text === null) return undefined;
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw new RequestError(400, "bad-option", `top: expected a whole number from 1, got ${text}`);
  return Number(text);
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (bytes: number | string) =>
    new RequestError(413, "too-large", `body: expected at most ${maxBytes} bytes, got ${bytes}`);
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) throw tooLarge(announced);
  const parts: Buffer[] = [];
  let length = 0;
  const body: AsyncIterable<Buffer> = request;
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw tooLarge(`${length} and more`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** What the client caused is told; what it did not, is not. */
function describeError(error: unknown): Answer {
  const tell = (status: number, code: string, message: string): Answer => ({
    status,
    body: { error: { code, message } },
    // A refused body may still be arriving: nothing else can be asked on this connection.
    headers: status === 413 || status === 503 ? { Connection: "close" } : {},
  });
  if (error instanceof RequestError) return tell(error.status, error.code, error.message);
  if (error instanceof AudioError) return tell(400, error.code, error.message);
  if (error instanceof DisposedError) return tell(503, error.code, "the server is shutting down");
  console.error(error);
  return tell(500, "internal", "something went wrong here; the server's log says what");
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(text);
}
