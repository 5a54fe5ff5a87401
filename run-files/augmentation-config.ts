import * as z from "zod";
import { readOldNames } from "./old-names.ts";

const count = z.int().nonnegative();
const fraction = z.number().min(0).max(1);
const decibelRange = z
  .strictObject({ min: z.number(), max: z.number() })
  .refine((range) => range.min <= range.max, "expected min <= max");

const settingsSchema = z.strictObject({
  /** Speeds to draw from; each needs the features of the clips played at it. */
  speeds: z.array(z.number().positive()).min(1).default([1]),
  /** Frames that the network sees, from a random start, wrapping round; null, at one speed: the whole clip. */
  cropFrames: z.int().positive().nullable().default(null),
  /** Whole clips start at a random frame. */
  rollTime: z.boolean().default(false),
  gainDecibels: z.number().nonnegative().default(0),
  noise: z
    .strictObject({ minDecibels: z.number(), maxDecibels: z.number() })
    .refine((range) => range.minDecibels <= range.maxDecibels, "expected minDecibels <= maxDecibels")
    .nullable()
    .default(null),
  /** Largest change of a random filter, as an exponent of 10. */
  equaliserDecades: z.number().nonnegative().default(0),
  melShiftBands: count.default(0),
  /** Sounds that stand once in a bed of noise instead of filling the whole crop; null: none. */
  placement: z
    .strictObject({
      /** Of the examples. */
      fraction: fraction.default(0.5),
      /** Ratio of the sound's mean power to the bed's. */
      snrDecibels: decibelRange.default({ min: 0, max: 50 }),
      /** Fraction of the placed sounds that have no bed. */
      silentFraction: fraction.default(0.15),
      /** A sound that is longer than the crop is cut to between this fraction of the crop and all of it. */
      minCutFraction: z.number().positive().max(1).default(0.25),
      /** Largest deviation of a generated bed's spectrum from a flat one, as an exponent of 10. */
      colourDecades: z.number().nonnegative().default(1),
    })
    .nullable()
    .default(null),
  /** Examples of nothing but background, whose target is the same for every class (`draw-negative.ts`); null: none. */
  negatives: z
    .strictObject({
      /** Of the clips in a batch; they come in addition to these. */
      fraction: z.number().positive().max(1).default(0.0625),
      /** Fraction of the negatives that is digital silence. */
      silentFraction: fraction.default(0.05),
    })
    .nullable()
    .default(null),
  /** Fraction of the batches whose examples are mixed with one another. */
  mixFraction: fraction.default(0),
  masks: z
    .strictObject({ count, maxBands: count, maxFrames: count })
    .default({ count: 0, maxBands: 0, maxFrames: 0 }),
});

const checkedSchema = settingsSchema.refine(
  ({ speeds, cropFrames }) => speeds.length === 1 || cropFrames !== null,
  {
    path: ["cropFrames"],
    error: "expected frames, because a clip is as long as its speed says, got null with several speeds",
  },
);

/** What happens to a clip each time that it trains; the defaults do nothing. */
export const augmentationSchema = readOldNames(checkedSchema, { mixShare: "mixFraction" });

export type AugmentationConfig = z.infer<typeof augmentationSchema>;
