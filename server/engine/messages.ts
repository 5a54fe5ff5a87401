import * as z from "zod";

// What the server's process and its workers say to each other. `id` numbers a request; answers carry it back.

/** Settings of a worker, as JSON in its first argument. */
export const workerSettingsSchema = z.object({
  executionProviders: z.array(z.string()).exactOptional(),
  threads: z.int().min(1),
  allowUnverified: z.boolean(),
  batchWindows: z.int().min(1),
  batchWaitMs: z.number().min(0),
});

export type WorkerSettings = z.infer<typeof workerSettingsSchema>;

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const id = z.int();
const seconds = z.number();
const version = { model: z.string(), version: z.string() };
const soundOptions = {
  threshold: z.number().optional(),
  hopSeconds: z.number().optional(),
  timeline: z.boolean(),
};

export const pcmFormatSchema = z.object({
  sampleRateHz: z.int().min(1000).max(768_000),
  encoding: z.enum(["f32le", "s16le"]),
  channels: z.int().min(1).max(64),
});

const clipWork = z.object({
  bytes,
  options: z.object({ ...soundOptions, events: z.boolean(), embedding: z.boolean(), maxSeconds: seconds }),
});

const channelWork = z.object({
  source: z.union([z.literal("file"), pcmFormatSchema]),
  options: z.object(soundOptions),
});

const row = { startSeconds: seconds, endSeconds: seconds, label: z.string(), confidence: z.number() };
const named = z.array(z.string()).readonly();
const windowRow = { ...row, label: z.string().nullable(), named, rejected: z.boolean() };
const labelScore = z.object({
  label: z.string(),
  index: z.int(),
  probability: z.number(),
  logit: z.number(),
});

const clipAnswer = z.object({
  ...version,
  best: z.string().nullable(),
  named,
  labels: z.array(labelScore).readonly(),
  timeline: z.array(z.object(windowRow)).readonly().exactOptional(),
  events: z.array(z.object(row)).readonly().exactOptional(),
  embedding: z.array(z.number()).readonly().exactOptional(),
});

export const toWorkerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("load"), id, ...version, bytes }),
  z.object({ kind: z.literal("unload"), ...version }),
  z.object({ kind: z.literal("classify"), id, ...version, work: clipWork }),
  z.object({ kind: z.literal("open"), id, ...version, work: channelWork }),
  z.object({ kind: z.literal("part"), id, bytes }),
  z.object({ kind: z.literal("end"), id }),
  z.object({ kind: z.literal("abort"), id }),
  z.object({ kind: z.literal("stop") }),
]);

export const fromWorkerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loaded"), id, backend: z.string() }),
  z.object({ kind: z.literal("answered"), id, answer: clipAnswer }),
  /** The sound takes longer than most: others may be given to this worker beside it. */
  z.object({ kind: z.literal("long"), id }),
  z.object({
    kind: z.literal("failed"),
    id,
    message: z.string(),
    /** Absent for what is not the client's doing. */
    code: z.enum(["bad-audio", "bad-option", "too-long"]).exactOptional(),
  }),
  z.object({ kind: z.literal("taken"), id }),
  z.object({
    kind: z.literal("output"),
    id,
    output: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("event"), event: z.object(row) }),
      z.object({ kind: z.literal("window"), window: z.object(windowRow) }),
    ]),
  }),
  z.object({ kind: z.literal("ended"), id }),
]);

export type ToWorker = z.infer<typeof toWorkerSchema>;
export type FromWorker = z.infer<typeof fromWorkerSchema>;
