import { createHash } from "node:crypto";
import * as z from "zod";
import { runConfigSchema } from "../run-files/run-config.ts";
import { artefactSchema } from "./store/artefacts.ts";
import { versionsSchema } from "./versions.ts";

/** A folder of sounds in the store. */
const storedDataSchema = z.strictObject({
  /** Of the folder: reports show it, and paths end in it. */
  name: z
    .string()
    .regex(/^[^/\\\0]{1,255}$/)
    .refine((name) => name !== "." && name !== ".."),
  /** The file that was given in place of the folder, such as a manifest. */
  picked: z
    .string()
    .regex(/^[^/\\\0]{1,255}$/)
    .refine((name) => name !== "." && name !== "..")
    .optional(),
  tree: artefactSchema,
});

const common = {
  format: z.literal(1),
  /** The list that it belongs to, and its own name there: for people. */
  list: z.string().max(300),
  name: z.string().max(300),
  /** Of the store that holds its files. */
  storeId: z.uuid(),
  versions: versionsSchema,
};

const trainRequestSchema = z.strictObject({
  kind: z.literal("train"),
  ...common,
  /** A run's settings, by the same schema as its config.json; its data is in the store, or embedded. */
  config: runConfigSchema.omit({ data: true, allowOutside: true }),
  data: z.union([z.literal("embedded"), storedDataSchema]),
  /** Trained jobs that it starts or learns from, by the folder that its settings name. */
  trained: z.array(z.strictObject({ folder: z.string(), tree: artefactSchema })),
  tensorboard: z.boolean(),
});

const predictRequestSchema = z.strictObject({
  kind: z.literal("predict"),
  ...common,
  model: artefactSchema,
  allowUnverified: z.boolean(),
  /** Names and hashes of its files. */
  chunk: artefactSchema,
});

/**
 * What lies in the queue for a job: settings and hashes, never a command, an address or a credential. A worker checks
 * it by this schema and runs its own stages by it.
 */
export const jobRequestSchema = z.discriminatedUnion("kind", [trainRequestSchema, predictRequestSchema]);

export type JobRequest = z.infer<typeof jobRequestSchema>;
export type TrainRequest = z.infer<typeof trainRequestSchema>;
export type PredictRequest = z.infer<typeof predictRequestSchema>;
export type StoredData = z.infer<typeof storedDataSchema>;

/** What a finished job hands back: its files. */
export interface JobAnswer {
  readonly tree: z.infer<typeof artefactSchema>;
}

/** Id of a job in the queue: the same work has the same id, whatever list it belongs to, so that it is done once. */
export function nameRequest(request: JobRequest): string {
  const decisive = JSON.stringify({ ...request, list: "", name: "" });
  return createHash("sha256").update(decisive).digest("hex").slice(0, 32);
}
