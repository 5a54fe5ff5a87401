/**
 * What the field benchmark measures and keeps: `docs/measured/field-benchmark.json` is a list of runs; `field.json` in
 * the folder of a rotation is one.
 */
import * as z from "zod";

/** Signal-to-noise ratios at which each soundscape is mixed. */
export const snrsDb = [20, 10, 0] as const;
/** How far a start may be off, for event-based F1. */
export const collarsSeconds = [1, 0.25] as const;

const count = z.int().min(0);

/** Sums over sounds: what precision, recall and F1 are made of. */
const countsSchema = z.strictObject({ truth: count, found: count, hits: count });

/** At one signal-to-noise ratio. */
const conditionSchema = z.strictObject({
  snrDb: z.number(),
  /** One for each of `collarsSeconds`. */
  events: z.array(countsSchema).length(collarsSeconds.length),
  segments: countsSchema,
  /** Events that no other overlaps; hits have their class as the most probable one over their time. */
  classes: z.strictObject({ events: count, hits: count }),
  /** Events that overlap another. */
  overlaps: z.strictObject({ events: count, found: count }),
  /** Found events that overlap no event of the truth. */
  falseAlarms: count,
  /** By label: seconds, null for an event that was not found. */
  startErrors: z.record(z.string(), z.array(z.number().nullable())),
});

const foldSchema = z.strictObject({
  fold: z.int(),
  model: z.string(),
  /** The fold's clips as they are; hits of `classify`. */
  clips: z.strictObject({ clips: count, hits: count }),
  /** Minutes of background alone, and the events that were found in it. */
  beds: z.strictObject({ minutes: count, events: count }),
  conditions: z.array(conditionSchema).length(snrsDb.length),
});

export const fieldRunSchema = z.strictObject({
  name: z.string(),
  /** What stands under the tables. */
  note: z.string(),
  /** Soundscapes of a minute and minutes of background, for each fold. */
  settings: z.strictObject({ scenes: count, beds: count, seed: z.int() }),
  folds: z.array(foldSchema).min(1),
});

export const fieldRunsSchema = z.array(fieldRunSchema);

export type Counts = z.infer<typeof countsSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type FoldMeasures = z.infer<typeof foldSchema>;
export type FieldRun = z.infer<typeof fieldRunSchema>;
