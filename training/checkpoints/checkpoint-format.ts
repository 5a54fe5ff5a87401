import * as z from "zod";
import { epochMetricsSchema } from "../../run-files/epoch-metrics.ts";
import { trainingJobSchema } from "../../run-files/job.ts";
import { tensorFileSchema } from "./tensor-file.ts";

/** checkpoint.json: all but the values, which lie beside it in weights.bin and state.bin. */
export const checkpointSchema = z.strictObject({
  format: z.literal(1),
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
});

export type Checkpoint = z.infer<typeof checkpointSchema>;
