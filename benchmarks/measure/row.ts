import * as z from "zod";

const figure = z.number();

/** One of ours beside one peer on the same work. */
export const rowSchema = z.object({
  benchmark: z.string(),
  case: z.string(),
  subject: z.string(),
  peer: z.string(),
  /** The subject's figure over the peer's, median of the rounds: below 1 ours takes less. */
  ratio: figure,
  ratioMin: figure,
  ratioMax: figure,
  unit: z.string(),
  subjectMedian: figure,
  peerMedian: figure,
  versions: z.record(z.string(), z.string()),
});

export type Row = z.infer<typeof rowSchema>;

/** One of ours or a peer that did not run here. */
export const absenceSchema = z.object({
  benchmark: z.string(),
  case: z.string(),
  engine: z.string(),
  reason: z.string(),
});

export type Absence = z.infer<typeof absenceSchema>;

/** How a cost of ours grows with the size of the work. */
export const growthSchema = z.object({
  /** What grows, e.g. "clips". */
  axis: z.string(),
  unit: z.string(),
  points: z.array(z.object({ size: z.number(), cost: z.number() })),
  /** Of the power law that fits best: 1 is linear growth, 0 none. */
  exponent: z.number(),
});

export type Growth = z.infer<typeof growthSchema>;

/** What a benchmark program prints with `--json`. */
export const resultSchema = z.object({
  rows: z.array(rowSchema),
  absent: z.array(absenceSchema),
  /** Where it was measured, by benchmark. */
  machines: z.record(z.string(), z.string()),
  growth: z.array(growthSchema),
});

export type BenchmarkResult = z.infer<typeof resultSchema>;
