import { randomUUID } from "node:crypto";
import { LocalEngine } from "./engine/local-engine.ts";
import { checkOrigin } from "./http/check-origin.ts";
import { checkToken, readBearer } from "./http/check-token.ts";
import { classifySounds } from "./http/classify-sounds.ts";
import { describeApi } from "./http/describe-api.ts";
import { describeRefusal, headersOf, statusOf } from "./http/describe-refusal.ts";
import { listModels } from "./http/list-models.ts";
import type { SoundRequest } from "./http/read-body.ts";
import { ByteBudget, type Service } from "./http/service.ts";
import { chooseFormat, formatLine, lineTypes, streamEvents } from "./http/stream-events.ts";
import { fillOptions, listModelFiles, type ServerOptions } from "./options.ts";
import { RequestError } from "./request-error.ts";

/**
 * What `createHandler` takes.
 *
 *     await createHandler({ model: "model.onnx", prefix: "/api", onError: (error) => console.error(error) });
 */
export interface HandlerOptions extends ServerOptions {
  /** Path before the routes, e.g. `/api`. */
  readonly prefix?: string;
  /** What is wrong here, not with a request; printed to standard error unless given. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The routes for any framework of web standards, in Node, Deno and Bun.
 *
 *     const handler: Handler = await createHandler({ model: "model.onnx" });
 *     const response = await handler.fetch(new Request("http://app/v1/classify", { method: "POST", body }));
 */
export interface Handler extends AsyncDisposable {
  fetch(request: Request): Promise<Response>;
  /** Waits for the requests under way. */
  dispose(): Promise<void>;
}

/**
 * `POST /v1/classify`, `POST /v1/events`, `GET /v1/models`, `/healthz`, `/readyz` and `/openapi.json` as one function
 * from Request to Response. It decodes and scores in the process that calls it: no workers, no WebSocket.
 *
 *     const handler = await createHandler({ model: "model.onnx", prefix: "/api" });
 *     export const POST = (request: Request) => handler.fetch(request); // a route of Next.js
 *
 * @throws UserError for options or a model that cannot be used
 */
export async function createHandler({
  prefix = "",
  onError = console.error,
  ...given
}: HandlerOptions): Promise<Handler> {
  const options = fillOptions(given);
  const engine = await LocalEngine.start({
    allowUnverified: options.allowUnverified,
    threads: options.threads,
    models: listModelFiles(options),
    ...(options.executionProviders !== undefined && { executionProviders: options.executionProviders }),
    maxRunning: options.maxQueue,
    onReload: ({ problem }) => {
      if (problem !== undefined) onError(new Error(problem));
    },
  });
  const service: Service = { engine, options, budget: new ByteBudget(options.maxTotalBytes) };
  return {
    async fetch(request) {
      const requestId = randomUUID();
      try {
        const response = await route(service, request, prefix, onError);
        response.headers.set("x-request-id", requestId);
        return response;
      } catch (error) {
        if (!(error instanceof RequestError)) onError(error);
        const headers = { ...headersOf(error), "x-request-id": requestId };
        return Response.json(describeRefusal(error, requestId), { status: statusOf(error), headers });
      }
    },
    dispose: () => engine.dispose(),
    [Symbol.asyncDispose]: () => engine.dispose(),
  };
}

async function route(
  service: Service,
  request: Request,
  prefix: string,
  onError: (error: unknown) => void,
): Promise<Response> {
  const { engine, options } = service;
  const { pathname, host } = new URL(request.url);
  const route = routes.find(({ path }) => pathname === prefix + path);
  if (route === undefined) throw new RequestError("not-found", "request: expected a path of /openapi.json");
  if (request.method !== route.method)
    throw new RequestError("bad-method", `request: expected ${route.method}, got ${request.method}`);
  if (route.path.startsWith("/v1/")) {
    const origin = request.headers.get("origin") ?? undefined;
    checkOrigin({ host, ...(origin !== undefined && { origin }) }, options.cors);
    checkToken(readBearer(request.headers.get("authorization") ?? undefined), options.tokens);
  }
  switch (route.path) {
    case "/healthz":
      return Response.json({ status: "ok" });
    case "/readyz":
      return engine.isReady()
        ? Response.json({ status: "ready" })
        : Response.json({ status: "not-ready" }, { status: 503 });
    case "/openapi.json":
      return Response.json(describeApi(prefix));
    case "/v1/models":
      return Response.json(listModels(engine.models()));
    case "/v1/classify":
      return Response.json(await classifySounds(service, adaptRequest(request), ignore));
    case "/v1/events": {
      const format = chooseFormat(request.headers.get("accept") ?? undefined);
      const outputs = await streamEvents(service, adaptRequest(request), onError);
      const encoder = new TextEncoder();
      const lines = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const next = await outputs.next();
          if (next.done === true) controller.close();
          else controller.enqueue(encoder.encode(formatLine(next.value, format)));
        },
        async cancel() {
          await outputs.return();
        },
      });
      return new Response(lines, {
        headers: { "content-type": lineTypes[format], "cache-control": "no-store" },
      });
    }
  }
}

const routes = [
  { method: "GET", path: "/healthz" },
  { method: "GET", path: "/readyz" },
  { method: "GET", path: "/openapi.json" },
  { method: "GET", path: "/v1/models" },
  { method: "POST", path: "/v1/classify" },
  { method: "POST", path: "/v1/events" },
] as const;

function adaptRequest(request: Request): SoundRequest {
  return {
    query: new URL(request.url).searchParams,
    header: (name) => request.headers.get(name) ?? undefined,
    body: request.body ?? emptyBody(),
    signal: request.signal,
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- bodies are asynchronous
async function* emptyBody(): AsyncGenerator<Uint8Array, void> {
  yield new Uint8Array(0);
}

function ignore(): void {
  // Its framework logs requests.
}
