import * as z from "zod";

const fraction = z.number().min(0).max(1);

/** One line of metrics.jsonl. Losses are means over examples; validation is null where no fold validates. */
export const epochMetricsSchema = z.strictObject({
  /** From 1. */
  epoch: z.int().positive(),
  /** Of the epoch's last step. */
  learningRate: z.number(),
  trainLoss: z.number(),
  /** On the batches as they passed, in training mode. */
  trainAccuracy: fraction,
  validationLoss: z.number().nullable(),
  validationAccuracy: fraction.nullable(),
  /** Where clips may have several classes. */
  validationMeanAveragePrecision: fraction.nullable().optional(),
  seconds: z.number(),
  examplesPerSecond: z.number(),
});

export type EpochMetrics = z.infer<typeof epochMetricsSchema>;

/** What an epoch is chosen by: the mean average precision where clips may have several classes, else the accuracy. */
export function readValidationScore({
  validationAccuracy,
  validationMeanAveragePrecision,
}: EpochMetrics): number | null {
  return validationMeanAveragePrecision ?? validationAccuracy;
}
