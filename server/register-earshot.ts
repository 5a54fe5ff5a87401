import websocket from "@fastify/websocket";
import type { FastifyInstance } from "fastify";
import { PoolEngine } from "./engine/pool-engine.ts";
import { addRoutes } from "./http/add-routes.ts";
import { createMetrics, type Metrics } from "./http/metrics.ts";
import type { LiveStream } from "./http/serve-stream.ts";
import { ByteBudget, type Service } from "./http/service.ts";
import { fillOptions, listModelFiles, type ServerOptions } from "./options.ts";
import { RequestError } from "./request-error.ts";

/** Largest message of a live stream: two seconds of float samples in stereo at 48 kHz, with room. */
const maxMessageBytes = 2 ** 20;

/**
 * What a registration gives to the program around it.
 *
 *     const earshot: Earshot = await registerEarshot(app, { model: "model.onnx" });
 *     process.once("SIGTERM", () => earshot.drain());
 */
export interface Earshot {
  readonly metrics: Metrics;
  /**
   * From now on `/readyz` says that it is not ready, each answer ends its connection, and live streams end with what was
   * found so far.
   */
  drain(): void;
  /** Aborts everything under way. */
  abort(): void;
}

/**
 * What `registerEarshot` takes.
 *
 *     await registerEarshot(app, { model: "model.onnx", prefix: "/sounds" });
 */
export interface RegisterOptions extends ServerOptions {
  /** Path before the routes, e.g. `/sounds`. */
  readonly prefix?: string;
}

/** `registerEarshot` of index.ts. */
export async function addEarshot(
  app: FastifyInstance,
  { prefix = "", ...given }: RegisterOptions,
): Promise<Earshot> {
  const options = fillOptions(given);
  const { log } = app;
  const counted: { metrics?: Metrics } = {};
  const engine = await PoolEngine.start({
    ...options,
    models: listModelFiles(options),
    workerMemoryBytes: options.workerMemoryMb * 1e6,
    clipsPerWorker: Math.max(2, 2 * options.batchWindows),
    maxChannels: options.maxStreams,
    onWorkerEnd: ({ reason, detail }) => {
      log.error({ reason, detail }, "a worker ended and is replaced");
      counted.metrics?.countWorkerEnd(reason);
    },
    onReload: ({ model, version, problem }) => {
      if (problem === undefined) log.info({ model, version }, "a model was reloaded");
      else
        log.error(
          { model, version, problem },
          "a changed model file cannot be used; the version before goes on",
        );
      counted.metrics?.countReload(model, problem === undefined);
    },
  });
  const service: Service = { engine, options, budget: new ByteBudget(options.maxTotalBytes) };
  const metrics = createMetrics(
    () => engine.load(),
    () => service.budget.bytes,
  );
  counted.metrics = metrics;
  const state = { isDraining: false };
  const abort = new AbortController();
  const streams = new Set<LiveStream>();
  const finishStreams = async (): Promise<void> => {
    for (const stream of streams) stream.finish();
    await Promise.all([...streams].map(({ closed }) => closed));
  };
  app.addHook("onClose", () => engine.dispose());
  await app.register(
    async (scope) => {
      if (!scope.hasDecorator("websocketServer"))
        await scope.register(websocket, {
          options: { maxPayload: maxMessageBytes },
          preClose: finishStreams,
        });
      addRoutes(scope, { service, metrics, streams, stop: abort.signal, state });
    },
    { prefix },
  );
  return {
    metrics,
    drain() {
      state.isDraining = true;
      void finishStreams();
    },
    abort() {
      abort.abort(new RequestError("stopping", "server: expected it to run, found that it is stopping"));
    },
  };
}
