import { availableParallelism } from "node:os";
import * as z from "zod";
import { UserError } from "../common/user-error.ts";
import type { ModelFile } from "./engine/model-registry.ts";

const count = z.int().min(1);
const seconds = z.number().positive();

/** What the server takes, and what it refuses. Every limit has a default that suits one machine behind a balancer. */
const serverOptionsSchema = z.strictObject({
  /** Path of a model file, or paths by the names that requests call the models; the first is the default. */
  model: z.union([z.string(), z.record(z.string().regex(/^[\w.-]{1,64}$/), z.string())]),
  /** Accept models that did not pass the parity test. */
  allowUnverified: z.boolean().default(false),
  /** Execution providers in order of preference. */
  executionProviders: z.array(z.string()).exactOptional(),
  /** Processes that decode and score. */
  workers: count.default(() => availableParallelism()),
  /** Threads of a run. One: several workers on one thread each answer more than one worker on several. */
  threads: count.default(1),
  /** Windows of different requests that share a run. 1 does not wait: a processor gains nothing from more. */
  batchWindows: count.default(1),
  /** How long a window waits for others to share its run. */
  batchWaitMs: z.number().min(0).max(1000).default(5),
  /** Resident memory from which a worker is ended. */
  workerMemoryMb: count.default(1024),
  /** Clips that wait for a worker; more are refused with 503. */
  maxQueue: count.default(256),
  /** Recordings and live streams at a time. */
  maxStreams: count.default(32),
  /** Bytes of a request, as sent and decompressed. */
  maxBodyBytes: count.default(25_000_000),
  /** Bytes of all requests that are being read or answered. */
  maxTotalBytes: count.default(512_000_000),
  /** Bytes of a recording sent to /v1/events, which is not held in memory. */
  maxRecordingBytes: count.default(4_000_000_000),
  /** Sound files in a form. */
  maxFiles: count.default(16),
  /** Length of a sound sent to /v1/classify. */
  maxSeconds: seconds.default(600),
  /** Time for a request to /v1/classify, from its first byte to its answer. */
  deadlineSeconds: seconds.max(3600).default(30),
  /** Pause between two parts of a stream. */
  idleSeconds: seconds.max(3600).default(30),
  /** Length of a stream, in time on the clock. */
  maxStreamSeconds: seconds.max(1_000_000).default(6 * 3600),
  /** Hosts (`host` or `host:port`) that sounds may be downloaded from. */
  allowUrls: z.array(z.string()).default([]),
  /** Bearer tokens, any of which opens /v1 and /metrics; none: open to all who reach the port. */
  tokens: z.array(z.string().min(16)).default([]),
  /** Origins of pages that may use the server; `*` for all. */
  cors: z.array(z.string()).default([]),
  /** Write the names of uploaded files into the log. */
  logNames: z.boolean().default(false),
});

/**
 * As given by a caller.
 *
 *     const options: ServerOptions = { model: "model.onnx" };
 */
export type ServerOptions = z.input<typeof serverOptionsSchema>;

/** With defaults. */
export type FilledOptions = z.output<typeof serverOptionsSchema>;

/** @throws UserError that lists every option out of range */
export function fillOptions(options: ServerOptions): FilledOptions {
  const parsed = serverOptionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new UserError(
    parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"),
  );
}

/** The name of a model that has none. */
const defaultName = "default";

export function listModelFiles({ model }: Pick<FilledOptions, "model">): readonly ModelFile[] {
  if (typeof model === "string") return [{ name: defaultName, path: model }];
  return Object.entries(model).map(([name, path]) => ({ name, path }));
}
