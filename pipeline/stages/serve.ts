import { once } from "node:events";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { createServer } from "../../server/index.ts";
import { defaultModelPath } from "../default-model.ts";
import { modelOptions } from "../command-line/options.ts";
import { defineStage } from "../command-line/stage.ts";

const list = { type: "string", array: true } as const;

export const serveStage = defineStage({
  name: "serve",
  options: {
    model: {
      ...list,
      describe: "exported model, or NAME=FILE for several; without it, that of runs/latest",
    },
    "allow-unverified": modelOptions["allow-unverified"],
    port: { type: "number", default: 8080, describe: "port to listen on; 0 takes a free one" },
    host: { type: "string", default: "127.0.0.1", describe: "address to listen on; 0.0.0.0 for all" },
    workers: { type: "number", describe: "processes that decode and score [the processor's cores]" },
    threads: { type: "number", default: 1, describe: "threads of a run in each worker" },
    "execution-providers": { ...list, describe: "in order of preference, e.g. cuda cpu [cpu]" },
    "batch-windows": {
      type: "number",
      default: 1,
      describe: "windows of different requests that share a run: 1 on a processor, about 8 on a GPU",
    },
    "batch-wait-ms": { type: "number", default: 5, describe: "how long a window waits for others" },
    "worker-memory-mb": { type: "number", default: 1024, describe: "memory from which a worker is replaced" },
    "max-queue": { type: "number", default: 256, describe: "clips that wait; more are refused with 503" },
    "max-streams": { type: "number", default: 32, describe: "recordings and live streams at a time" },
    "max-body-mb": { type: "number", default: 25, describe: "bytes of a request, as sent and decompressed" },
    "max-files": { type: "number", default: 16, describe: "sound files in a form" },
    "max-seconds": { type: "number", default: 600, describe: "longest sound of /v1/classify" },
    "deadline-seconds": { type: "number", default: 30, describe: "time for a request to /v1/classify" },
    "grace-seconds": { type: "number", default: 30, describe: "time to finish after SIGTERM" },
    "allow-urls": { ...list, describe: "hosts that sounds may be downloaded from [none]" },
    cors: { ...list, describe: "origins of pages that may use the server, or '*' [none]" },
    "requests-per-minute": { type: "number", describe: "of one address [no limit]" },
    "trust-proxy": {
      type: "boolean",
      default: false,
      describe: "behind a balancer: take addresses from X-Forwarded-For",
    },
    "log-level": { choices: ["fatal", "error", "warn", "info", "debug", "silent"], default: "info" },
    "log-names": { type: "boolean", default: false, describe: "write names of uploaded files into the log" },
  },
  examples: [
    ["serve --port 8080", "then: curl --data-binary @clip.wav http://127.0.0.1:8080/v1/classify"],
    ["serve --model home=a.onnx --model birds=b.onnx", "several models: /v1/classify?model=birds"],
    ["serve --host 0.0.0.0", "for others; EARSHOT_TOKENS=… in the environment asks them for a token"],
  ],
  run: async (args) => {
    const { port, host, workers, requestsPerMinute, executionProviders, allowUrls, cors, graceSeconds } =
      args;
    const server = await createServer({
      model: await readModels(args.model),
      ...(workers !== undefined && { workers }),
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
      ...(executionProviders !== undefined && { executionProviders }),
      ...(allowUrls !== undefined && { allowUrls }),
      ...(cors !== undefined && { cors }),
      allowUnverified: args.allowUnverified,
      threads: args.threads,
      batchWindows: args.batchWindows,
      batchWaitMs: args.batchWaitMs,
      workerMemoryMb: args.workerMemoryMb,
      maxQueue: args.maxQueue,
      maxStreams: args.maxStreams,
      maxBodyBytes: args.maxBodyMb * 1e6,
      maxFiles: args.maxFiles,
      maxSeconds: args.maxSeconds,
      deadlineSeconds: args.deadlineSeconds,
      trustProxy: args.trustProxy,
      logLevel: args.logLevel,
      logNames: args.logNames,
      tokens: readTokens(process.env.EARSHOT_TOKENS),
    });
    const place = await server.app.listen({ port, host });
    // The log goes to standard output; these lines are for people.
    console.error(`earshot at ${place}, the API at ${place}/docs`);
    console.error(`  curl --data-binary @clip.wav ${place}/v1/classify`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await server.stop(graceSeconds);
  },
});

/** `FILE`, or `NAME=FILE` each. */
async function readModels(given: readonly string[] = []): Promise<string | Record<string, string>> {
  const [first, ...others] = given;
  if (first === undefined) return defaultModelPath();
  if (others.length === 0 && !first.includes("=")) return first;
  const named = given.map((text) => {
    const [name = "", ...rest] = text.split("=");
    return rest.length === 0 ? { name: path.parse(text).name, file: text } : { name, file: rest.join("=") };
  });
  const twice = named.find(({ name }, index) => named.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined)
    throw new UserError(
      `--model: expected each name once, got ${twice.name} twice; name them: --model NAME=FILE`,
    );
  return Object.fromEntries(named.map(({ name, file }) => [name, file]));
}

/** Tokens stand in the environment: a command line is seen by everyone on the machine. */
function readTokens(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]+/).filter((token) => token !== "");
}
