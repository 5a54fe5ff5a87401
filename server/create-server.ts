import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import {
  fastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { describeRefusal, headersOf, statusOf } from "./http/describe-refusal.ts";
import { toRequestError } from "./http/add-routes.ts";
import type { ServerOptions } from "./options.ts";
import { addEarshot, type Earshot } from "./register-earshot.ts";
import { type RefusalCode, RequestError } from "./request-error.ts";

/**
 * What the server does besides its routes.
 *
 *     await createServer({ model: "model.onnx", logLevel: "warn", requestsPerMinute: 600, trustProxy: true });
 */
export interface StandaloneOptions extends ServerOptions {
  readonly logLevel?: "fatal" | "error" | "warn" | "info" | "debug" | "silent";
  /** Requests of one address in a minute; none: not limited. */
  readonly requestsPerMinute?: number;
  /** Behind a balancer: takes the client's address from `X-Forwarded-For`. */
  readonly trustProxy?: boolean;
}

/**
 * What `createServer` gives.
 *
 *     const server: EarshotServer = await createServer({ model: "model.onnx" });
 *     process.once("SIGTERM", () => void server.stop(10));
 */
export interface EarshotServer {
  readonly app: FastifyInstance;
  /**
   * Takes no more connections, answers what is under way and what still arrives on open connections, and closes them.
   * After `graceSeconds` the rest is cut off.
   */
  stop(graceSeconds: number): Promise<void>;
}

/** Heads that do not arrive in this time end their connection: an attacker must not hold many of them open. */
const headersTimeoutMs = 10_000;
const checkIntervalMs = 2000;
const keepAliveMs = 72_000; // longer than the idle time of common balancers, so that they close first
const maxHeaderBytes = 16_384;
const maxConnections = 4096;
const probes = ["/healthz", "/readyz", "/metrics"];

/** `createServer` of index.ts. */
export async function openServer(options: StandaloneOptions): Promise<EarshotServer> {
  const { logLevel = "info", requestsPerMinute, trustProxy = false, ...rest } = options;
  const app = fastify({
    logger: { level: logLevel, serializers: { err: describeError }, stream: { write: writeLog } },
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy,
    requestIdHeader: false,
    genReqId: ({ headers }) => readRequestId(headers["x-request-id"]),
    return503OnClosing: false,
    forceCloseConnections: "idle",
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0, // recordings are uploaded for hours: each route has limits of its own
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: checkIntervalMs,
      maxHeaderSize: maxHeaderBytes,
    },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => {
      void refuse(error, request, reply);
    },
  });
  app.server.maxConnections = maxConnections;
  const activity = watchActivity(app);
  app.setErrorHandler((error, request, reply) => {
    void refuse(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const refusal = new RequestError("not-found", "request: expected a path of /openapi.json");
    return reply.code(404).send(describeRefusal(refusal, request.id));
  });
  app.addHook("onResponse", async ({ log, method, routeOptions }, { statusCode, elapsedTime }) => {
    if (routeOptions.url !== undefined && probes.includes(routeOptions.url)) return;
    log.info(
      { method, route: routeOptions.url, status: statusCode, ms: Math.round(elapsedTime) },
      "answered",
    );
  });
  const origins = rest.cors ?? [];
  if (origins.length > 0) await app.register(cors, { origin: origins.includes("*") ? "*" : [...origins] });
  if (requestsPerMinute !== undefined)
    await app.register(rateLimit, {
      max: requestsPerMinute,
      timeWindow: 60_000,
      allowList: ({ url }) => probes.includes(url),
      errorResponseBuilder: (_, { after }) =>
        new RequestError(
          "rate-limit",
          `request: expected at most ${requestsPerMinute} a minute; try again in ${after}`,
        ),
    });
  const earshot = await addEarshot(app, rest);
  return { app, stop: (graceSeconds) => stopServer(app, earshot, activity, graceSeconds) };
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toRequestError(error);
  if (!(known instanceof RequestError)) request.log.error({ err: error }, "a request failed");
  return reply.code(statusOf(known)).headers(headersOf(known)).send(describeRefusal(known, request.id));
}

/**
 * Closing a connection while its client begins a request would drop that request. So first no more connections are
 * taken; each answer ends its connection; and what is left is closed once nothing has been asked for a while.
 */
async function stopServer(
  app: FastifyInstance,
  earshot: Earshot,
  activity: Activity,
  graceSeconds: number,
): Promise<void> {
  const end = performance.now() + graceSeconds * 1000;
  await takeWaiting(app.server);
  NetServer.prototype.close.call(app.server); // the HTTP server's own would close idle connections
  earshot.drain(); // not before: answers that end their connections make clients open others
  while (performance.now() < end && !isQuiet(activity)) await sleep(quietPollMs);
  const closing = app.close();
  const cut = setTimeout(
    () => {
      app.log.warn("the time to stop is over: what is under way is cut off");
      earshot.abort();
      setTimeout(() => {
        app.server.closeAllConnections();
      }, cutMs).unref();
    },
    Math.max(0, end - performance.now()),
  );
  try {
    await closing;
  } finally {
    clearTimeout(cut);
  }
}

/**
 * Takes the connections that wait: the system resets them when the socket closes. A turn of the event loop may take one
 * of many, so there are turns until one takes none; the first may end the turn that is under way.
 */
async function takeWaiting(server: NetServer): Promise<void> {
  let taken = 0;
  const count = (): void => {
    taken++;
  };
  server.on("connection", count);
  await setImmediate();
  for (let before = -1; before < taken;) {
    before = taken;
    await setImmediate();
  }
  server.off("connection", count);
}

/** Requests under way, and when the last began or ended. */
interface Activity {
  running: number;
  lastMs: number;
}

/** How long nothing is asked before the connections that are left are closed. */
const quietMs = 1000;
const quietPollMs = 50;
/** Time for the last refusals to be sent. */
const cutMs = 500;

function isQuiet({ running, lastMs }: Activity): boolean {
  return running === 0 && performance.now() - lastMs > quietMs;
}

function watchActivity(app: FastifyInstance): Activity {
  const activity: Activity = { running: 0, lastMs: performance.now() };
  const note = (change: number): void => {
    activity.running += change;
    activity.lastMs = performance.now();
  };
  app.server.on("request", (_request, response) => {
    note(1);
    response.once("close", () => {
      note(-1);
    });
  });
  return activity;
}

/** A log that cannot be written, as on a full disk, must not stop the answers: its line is lost. */
function writeLog(line: string): void {
  try {
    writeSync(1, line);
  } catch {
    // There is no other place to say it.
  }
}

function readRequestId(given: string | string[] | undefined): string {
  return typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Without the message of a request's own refusal, which may quote the request. */
function describeError(error: Error) {
  const { name, message, stack = "" } = error;
  return { type: name, message, stack };
}

/** A request that Node's parser refuses has no Fastify request yet: the answer is written to its connection. */
function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const codes: Readonly<Record<string, RefusalCode>> = {
    HPE_HEADER_OVERFLOW: "headers-too-large",
    ERR_HTTP_REQUEST_TIMEOUT: "upload-timeout",
  };
  const refusal = new RequestError(
    codes[error.code ?? ""] ?? "bad-request",
    "request: expected HTTP/1.1 with a head of common size, in time",
  );
  const body = JSON.stringify(describeRefusal(refusal));
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}\r\nConnection: close\r\n` +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
