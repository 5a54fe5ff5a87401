import { type IncomingMessage, STATUS_CODES } from "node:http";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { RequestError, type RefusalCode, refusalStatuses } from "../request-error.ts";
import { checkOrigin } from "./check-origin.ts";
import { checkToken, readBearer } from "./check-token.ts";
import { classifySounds } from "./classify-sounds.ts";
import { describeApi } from "./describe-api.ts";
import { describeRefusal, headersOf, statusOf } from "./describe-refusal.ts";
import { listModels } from "./list-models.ts";
import type { Metrics } from "./metrics.ts";
import type { SoundRequest } from "./read-body.ts";
import { type LiveStream, serveStream } from "./serve-stream.ts";
import type { Service } from "./service.ts";
import { chooseFormat, formatLine, lineTypes, streamEvents } from "./stream-events.ts";
import { readTryPage, tryPageFiles } from "./try-page.ts";

interface RouteContext {
  readonly service: Service;
  readonly metrics: Metrics;
  /** Live streams under way: added here, ended from outside. */
  readonly streams: Set<LiveStream>;
  /** Aborts everything under way. */
  readonly stop: AbortSignal;
  readonly state: { readonly isDraining: boolean };
}

/** A refused body is read on for this long, so that its sender gets the answer before the connection closes. */
const lingerMs = 2000;
/** A comment in server-sent events, so that balancers do not take a silent recording for a dead connection. */
const heartbeatMs = 15_000;

/** Adds the routes to a scope of Fastify's: their hooks and parsers reach no other route. */
export function addRoutes(
  scope: FastifyInstance,
  { service, metrics, streams, stop, state }: RouteContext,
): void {
  const { engine, options } = service;
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _payload, done) => {
    done(null); // each route reads its body itself, with its own limits
  });
  scope.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  scope.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
    if (state.isDraining) void reply.header("connection", "close");
  });
  scope.addHook("onResponse", async (request, reply) => {
    const { routeOptions, method } = request;
    metrics.countRequest(routeOptions.url ?? "other", method, reply.statusCode, reply.elapsedTime / 1000);
  });
  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject
  const guard = async (request: FastifyRequest): Promise<void> => {
    checkOrigin(request.headers, options.cors);
    checkToken(readBearer(request.headers.authorization), options.tokens);
  };

  scope.get("/healthz", () => ({ status: "ok" }));
  scope.get("/readyz", (_, reply) => {
    const isReady = engine.isReady() && !state.isDraining;
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : "not-ready" });
  });
  scope.get("/openapi.json", () => describeApi(scope.prefix));
  scope.get("/metrics", { onRequest: guard }, async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  scope.get("/v1/models", { onRequest: guard }, () => listModels(engine.models()));
  for (const file of tryPageFiles)
    scope.get(file.url, async (_, reply) => {
      void reply.type(file.type).header("content-security-policy", file.policy);
      return reply.send(await readTryPage(file));
    });

  scope.post("/v1/classify", { onRequest: guard }, (request, reply) =>
    classifySounds(service, readRequest(request, reply, stop), ({ sounds, bytes, names }) => {
      metrics.countSounds(sounds, bytes);
      request.log.info({ sounds, bytes, ...(options.logNames && { names }) }, "sounds received");
    }),
  );

  scope.post("/v1/events", { onRequest: guard }, async (request, reply) => {
    const format = chooseFormat(request.headers.accept);
    const outputs = await streamEvents(service, readRequest(request, reply, stop), (error) => {
      request.log.warn({ err: error }, "a recording was not read to its end");
    });
    const lines = Readable.from(
      (async function* () {
        for await (const output of outputs) yield formatLine(output, format);
        lingerThenClose(request.raw);
      })(),
    );
    if (format === "sse") keepAlive(lines, reply);
    return reply.type(lineTypes[format]).header("cache-control", "no-store").send(lines);
  });

  scope.route({
    method: "GET",
    url: "/v1/stream",
    // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject
    onRequest: async ({ headers }) => {
      checkOrigin(headers, options.cors);
      if (headers.authorization !== undefined) checkToken(readBearer(headers.authorization), options.tokens);
    },
    handler: () => {
      throw new RequestError("upgrade-required", "request: expected an upgrade to WebSocket");
    },
    wsHandler: (socket, request) => {
      const needsToken = request.headers.authorization === undefined;
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- one class, declared twice by @types/ws
      const stream = serveStream(socket, service, needsToken, stop, (error) => {
        request.log.warn({ err: error }, "a live stream failed");
      });
      streams.add(stream);
      void stream.closed.then(() => streams.delete(stream));
    },
  });

  refuseOtherMethods(scope, options.cors.length > 0);
}

/** Every route's other methods, so that they are told what is allowed. */
function refuseOtherMethods(scope: FastifyInstance, hasCors: boolean): void {
  const all: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"];
  const routes: readonly (readonly [url: string, allowed: readonly HTTPMethods[]])[] = [
    ...["/healthz", "/readyz", "/openapi.json", "/metrics", "/v1/models", "/v1/stream"].map(
      (url) => [url, ["GET", "HEAD"]] as const,
    ),
    ...["/v1/classify", "/v1/events"].map((url) => [url, ["POST"]] as const),
  ];
  for (const [url, allowed] of routes)
    scope.route({
      method: [...all, ...(hasCors ? [] : (["OPTIONS"] as const))].filter(
        (method) => !allowed.includes(method),
      ),
      url,
      exposeHeadRoute: false,
      handler: (request, reply) => {
        void reply.header("allow", allowed.join(", "));
        throw new RequestError(
          "bad-method",
          `request: expected ${allowed.join(" or ")}, got ${request.method}`,
        );
      },
    });
}

function readRequest(request: FastifyRequest, reply: FastifyReply, stop: AbortSignal): SoundRequest {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort(new Error("the client has gone"));
  });
  return {
    query: new URL(request.url, "http://server").searchParams,
    header: (name) => request.headers[name]?.toString(),
    body: request.raw,
    signal: AbortSignal.any([gone.signal, stop]),
  };
}

async function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const known = toRequestError(error);
  const isGone = reply.raw.destroyed; // the client's doing: its work was aborted, and nobody reads what follows
  if (!isGone && !(known instanceof RequestError)) request.log.error({ err: error }, "a request failed");
  lingerThenClose(request.raw);
  return reply.code(statusOf(known)).headers(headersOf(known)).send(describeRefusal(known, request.id));
}

/** What Fastify itself refuses, in our words: by its status. */
export function toRequestError(error: unknown): unknown {
  if (error instanceof RequestError) return error;
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  const codes: Readonly<Record<number, RefusalCode>> = {
    404: "not-found",
    408: "upload-timeout",
    413: "too-large",
    415: "unsupported-encoding",
    431: "headers-too-large",
  };
  if (typeof status !== "number" || status < 400 || status >= 500) return error;
  const code = codes[status] ?? "bad-request";
  return new RequestError(code, `request: ${STATUS_CODES[refusalStatuses[code]] ?? "refused"}`, {
    cause: error,
  });
}

/** Reads away what still arrives of a refused body; a connection on which much does is closed. */
function lingerThenClose(request: IncomingMessage): void {
  if (request.complete) return;
  request.removeAllListeners("readable"); // a reader that has stopped would keep the stream from flowing
  request.on("error", ignore);
  request.resume();
  const timer = setTimeout(() => request.destroy(), lingerMs);
  request.once("close", () => {
    clearTimeout(timer);
  });
}

function keepAlive(lines: Readable, reply: FastifyReply): void {
  const timer = setInterval(() => {
    if (reply.raw.headersSent) reply.raw.write(":\n\n");
  }, heartbeatMs);
  lines.once("close", () => {
    clearInterval(timer);
  });
}

function ignore(): void {
  // Deliberately empty.
}
