import type { Job, Queue } from "bullmq";
import type { Redis } from "ioredis";
import * as z from "zod";
import { loadPackage } from "../load-package.ts";
import { queueName, type QueueServer } from "./connect.ts";

/** A job as it lies in Redis; its data is checked where it is used. */
export type QueuedJob = Job<unknown, unknown>;

/** What a worker says of a running job. */
export const runningSchema = z.strictObject({
  /** Machine and process, e.g. `box-2:4711`. */
  worker: z.string(),
  /** Epochs of a training, files of a chunk. */
  done: z.int(),
  total: z.int(),
  loss: z.number().optional(),
  secondsLeft: z.number().optional(),
});

export type Running = z.infer<typeof runningSchema>;

/** The queue on a server, as producers and screens use it. */
export interface OpenQueue {
  readonly server: QueueServer;
  readonly queue: Queue<unknown, unknown>;
  readonly cancellations: Cancellations;
  close(): Promise<void>;
}

/** Ids of jobs that are to stop after their epoch, kept on the server. */
export interface Cancellations {
  add(ids: readonly string[]): Promise<void>;
  has(id: string): Promise<boolean>;
  remove(ids: readonly string[]): Promise<void>;
}

export async function openQueue(server: QueueServer): Promise<OpenQueue> {
  const { Queue } = await loadPackage("--queue", "bullmq ioredis", () => import("bullmq"));
  const { Redis } = await import("ioredis");
  const queue = new Queue<unknown, unknown>(queueName, { connection: server.connection });
  const client = new Redis(server.connection);
  const note = createConnectionNote(server.address);
  queue.on("error", note);
  client.on("error", note);
  return {
    server,
    queue,
    cancellations: createCancellations(client),
    close: async () => {
      await queue.close();
      client.disconnect();
    },
  };
}

const cancelledKey = `bull:${queueName}:cancelled`;

export function createCancellations(client: Redis): Cancellations {
  return {
    add: async (ids) => {
      if (ids.length > 0) await client.sadd(cancelledKey, ...ids);
    },
    has: async (id) => (await client.sismember(cancelledKey, id)) === 1,
    remove: async (ids) => {
      if (ids.length > 0) await client.srem(cancelledKey, ...ids);
    },
  };
}

/** Seconds between two notes that a server is away. */
const noteSeconds = 30;

/** Says that a server is away, now and then; BullMQ connects again by itself. */
export function createConnectionNote(address: string): (error: Error) => void {
  let notedMs = -Infinity;
  return (error) => {
    if (performance.now() - notedMs < 1000 * noteSeconds) return;
    notedMs = performance.now();
    console.error(`note: ${address}: ${error.message.slice(0, 200)}; waiting for it`);
  };
}
