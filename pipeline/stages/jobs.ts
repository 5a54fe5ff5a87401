import { createServer, type Server } from "node:http";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../common/user-error.ts";
import { connectQueue } from "../../queue/bullmq/connect.ts";
import { cancelList, describeQueue } from "../../queue/bullmq/describe-queue.ts";
import { openQueue, type OpenQueue } from "../../queue/bullmq/open-queue.ts";
import { formatQueueMetrics, metricsType } from "../../queue/queue-metrics.ts";
import { queueOptions } from "../command-line/options.ts";
import { defineStage } from "../command-line/stage.ts";
import { formatQueue, renderQueuePage } from "../screen/format-queue.ts";
import { describeError } from "../../common/describe-error.ts";

const refreshMs = 2_000;

export const jobsStage = defineStage({
  name: "jobs",
  options: {
    queue: {
      ...queueOptions.queue,
      demandOption: true,
      describe: "redis://host or rediss://host: the queue",
    },
    watch: { type: "boolean", default: false, describe: "show it again every two seconds, until Ctrl-C" },
    json: { type: "boolean", default: false, describe: "as JSON" },
    port: { type: "number", describe: "serve the page at / and metrics at /metrics, until Ctrl-C" },
    host: { type: "string", default: "127.0.0.1", describe: "address that the page listens on" },
    cancel: {
      type: "string",
      describe: "take back a list, by its name: running jobs stop after their epoch, saved",
    },
  },
  examples: [
    ["jobs --queue redis://box --watch", "on the terminal"],
    ["jobs --queue redis://box --port 8081", "http://127.0.0.1:8081 and its /metrics"],
    ["jobs --queue redis://box --cancel esc10-cv5", "stop a list; its own command goes on later"],
  ],
  run: async ({ queue, watch, json, port, host, cancel }) => {
    const open = await openQueue(await connectQueue(queue));
    try {
      if (cancel !== undefined) {
        const jobs = await cancelList(open, cancel);
        if (jobs === 0)
          throw new UserError(`--cancel ${cancel}: expected a list with jobs in the queue, got none`);
        console.log(`${cancel}: ${jobs} jobs cancelled; running ones stop after their epoch`);
      } else if (port !== undefined) await servePage(open, { port, host });
      else await showQueue(open, { watch, json });
    } finally {
      await open.close();
    }
  },
});

async function showQueue(open: OpenQueue, { watch, json }: { watch: boolean; json: boolean }): Promise<void> {
  const stop = createStop();
  do {
    const state = await describeQueue(open);
    const clear = watch && process.stdout.isTTY ? "\u001B[H\u001B[2J" : "";
    console.log(json ? JSON.stringify(state) : `${clear}${formatQueue(state)}`);
    if (watch) await wait(refreshMs, undefined, { signal: stop }).catch(() => undefined);
  } while (watch && !stop.aborted);
}

async function servePage(open: OpenQueue, { port, host }: { port: number; host: string }): Promise<void> {
  const { address } = open.server;
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const path = request.url?.split("?")[0];
      if (path !== "/" && path !== "/metrics") {
        response.writeHead(404).end("expected / or /metrics\n");
        return;
      }
      const state = await describeQueue(open);
      const [type, text] =
        path === "/"
          ? ["text/html; charset=utf-8", renderQueuePage(state, address)]
          : [metricsType, formatQueueMetrics(state)];
      response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(text);
    };
    answer().catch((error: unknown) => {
      response.writeHead(503).end(`${describeError(error)}\n`);
    });
  });
  await listen(server, port, host);
  console.log(`http://${host}:${port} shows the jobs of ${address}; /metrics is for Prometheus`);
  const stop = createStop();
  if (!stop.aborted)
    await new Promise<void>((resolve) => {
      stop.addEventListener("abort", () => {
        resolve();
      });
    });
  server.closeAllConnections();
  server.close();
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(new UserError(`--port ${port}: expected a free port, got ${error.message}`));
    });
    server.listen(port, host, resolve);
  });
}

/** Aborted by Ctrl-C. */
function createStop(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  return controller.signal;
}
