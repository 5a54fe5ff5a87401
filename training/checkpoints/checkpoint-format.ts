import { createHash } from "node:crypto";
import * as z from "zod";
import { epochMetricsSchema } from "../../run-files/epoch-metrics.ts";
import { trainingJobSchema } from "../../run-files/job.ts";
import { tensorFileSchema } from "./tensor-file.ts";

const content = {
  job: trainingJobSchema,
  /** TF.js's name of what computed: bits agree only within one engine. */
  engine: z.string(),
  /** Hash of the clips and classes that the job saw. */
  dataHash: z.string(),
  labels: z.array(z.string()),
  standardisation: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  /** Every epoch so far; its length is the number of finished epochs. */
  history: z.array(epochMetricsSchema).min(1),
  /** The network as it is used: averaged where the job averages. */
  weights: tensorFileSchema,
  /** What only the next step needs. */
  state: tensorFileSchema,
};

/** checkpoint.json: all but the values, which lie beside it in weights.bin and state.bin. Format 1 had no checksums. */
export const checkpointSchema = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal(1), ...content }),
  z.strictObject({
    format: z.literal(2),
    ...content,
    /** SHA-256 of model.json. */
    modelSha256: z.string(),
    /** `hashCheckpoint` of all the rest. */
    sha256: z.string(),
  }),
]);

export type Checkpoint = z.infer<typeof checkpointSchema>;

/** SHA-256 of a checkpoint as JSON, its own `sha256` left out: a digit of a statistic that was changed is noticed. */
export function hashCheckpoint(checkpoint: object): string {
  const rest = Object.fromEntries(Object.entries(checkpoint).filter(([name]) => name !== "sha256"));
  return hashText(JSON.stringify(rest));
}

export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
