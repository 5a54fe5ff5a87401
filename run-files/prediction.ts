import * as z from "zod";

/** The clips that a job was not trained on. */
const splitNames = ["validation", "test"] as const;

export type Split = (typeof splitNames)[number];

/** One line of predictions.jsonl: what a trained network answered for one whole clip. */
export const predictionSchema = z.strictObject({
  split: z.enum(splitNames),
  id: z.string(),
  /** The recording that the clip was cut from. */
  source: z.string(),
  fold: z.int(),
  label: z.string(),
  /** Where clips may have several classes. */
  labels: z.array(z.string()).optional(),
  /** One a class, in the order of the data set's sorted classes. */
  logits: z.array(z.number()).min(1),
});

export type Prediction = z.infer<typeof predictionSchema>;
