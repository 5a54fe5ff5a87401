import * as z from "zod";
import { trainingJobSchema } from "./job.ts";
import { tensorFileSchema } from "./tensor-file.ts";

const share = z.number().min(0).max(1);

/** One line of metrics.jsonl. Losses are means over examples; validation is null where no fold validates. */
export const epochMetricsSchema = z.strictObject({
  /** From 1. */
  epoch: z.int().positive(),
  /** Of the epoch's last step. */
  learningRate: z.number(),
  trainLoss: z.number(),
  /** On the batches as they passed, in training mode. */
  trainAccuracy: share,
  validationLoss: z.number().nullable(),
  validationAccuracy: share.nullable(),
  seconds: z.number(),
  examplesPerSecond: z.number(),
});

export type EpochMetrics = z.infer<typeof epochMetricsSchema>;

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

/** 1-based epoch with the highest validation accuracy, then the lowest loss, then the earliest; the last without validation. */
export function findBestEpoch(history: readonly EpochMetrics[]): number {
  const best = history.reduce((champion, candidate) =>
    isBetter(candidate, champion) ? candidate : champion,
  );
  return best.epoch;
}

function isBetter(candidate: EpochMetrics, champion: EpochMetrics): boolean {
  if (candidate.validationAccuracy === null || champion.validationAccuracy === null)
    return candidate.epoch > champion.epoch;
  if (candidate.validationAccuracy !== champion.validationAccuracy)
    return candidate.validationAccuracy > champion.validationAccuracy;
  return (candidate.validationLoss ?? Infinity) < (champion.validationLoss ?? Infinity);
}
