import * as z from "zod";

const fraction = z.number().min(0).max(1);

const thresholdSchema = z.strictObject({
  threshold: fraction,
  /** On the clips by which it was chosen, and background; null where nothing is named. */
  precision: fraction.nullable(),
  recall: fraction.nullable(),
  /** Clips of the class. */
  rows: z.int(),
});

const binSchema = z.strictObject({
  clips: z.int(),
  /** Mean probability of the class named, and fraction of right answers; null without clips. */
  confidence: z.number().nullable(),
  accuracy: z.number().nullable(),
});

const reliabilitySchema = z.strictObject({
  /** Of equal width, from 0 to 1. */
  bins: z.array(binSchema),
  /** Mean |accuracy - confidence| over the clips. */
  expectedError: z.number(),
});

/** `calibration.json`: what the probabilities of a run's model mean, measured on clips that it was not trained on. */
export const calibrationSchema = z.strictObject({
  /** SHA-256 of all that it was computed from. */
  source: z.string(),
  /** Whose clips: `validation`, or the name of the list whose test clips they are. */
  from: z.string(),
  clips: z.int(),
  /** Logits are divided by it, inside the exported file. */
  temperature: z.number().positive(),
  /** `best F1` or `precision 0.95`. */
  goal: z.string(),
  /** Of the sound in use, the fraction that counts as background; 0 where there was none. */
  backgroundFraction: fraction,
  /** All classes together, by the thresholds below, and the common threshold that they are shrunk towards. */
  all: thresholdSchema,
  /** On clips and background that chose nothing; precision null where nothing is named. */
  expected: z.strictObject({ precision: fraction.nullable(), recall: fraction }),
  /** In the order of the labels. */
  classes: z.array(thresholdSchema.extend({ label: z.string() })),
  /** Before and after the temperature. Of a list, each fold by the temperature of the others. */
  reliability: z.strictObject({ before: reliabilitySchema, after: reliabilitySchema }),
  /** Windows of background that no class is in, and in how many of them a class is named. */
  background: z.array(z.strictObject({ kind: z.string(), windows: z.int(), named: z.int() })),
  falseAlarmsPerHour: z.number(),
});

export type CalibrationFile = z.infer<typeof calibrationSchema>;
