import { readFile } from "node:fs/promises";
import * as z from "zod";

/** One training of the reference experiment; accuracies in percent, F1 0 to 1, losses summed over batches. */
const cellSchema = z.object({
  testAccuracy: z.number(),
  testF1: z.number(),
  testLoss: z.number(),
  trainAccuracy: z.number(),
  trainLoss: z.number(),
  valAccuracy: z.number(),
  valLoss: z.number(),
  averageValAccuracy: z.number(),
});

const gridRunSchema = z.object({
  weightDecay: z.number(),
  weightInit: z.string(),
  trainAccuracy: z.number(),
  trainLoss: z.number(),
  valAccuracy: z.number(),
  valLoss: z.number(),
});

const gridSchema = z.object({
  best: z.object({ weightDecay: z.number(), weightInit: z.string() }),
  runs: z.array(gridRunSchema),
});

const parametersSchema = z.object({ total: z.int(), trainable: z.int(), nonTrainable: z.int() });

const referenceSchema = z.object({
  source: z.string(),
  parameters: z.object({ cnn: parametersSchema, "cnn-transformer": parametersSchema }),
  /** By validation fold. */
  cnn: z.record(z.string(), cellSchema),
  /** By validation fold, then heads. */
  "cnn-transformer": z.record(z.string(), z.record(z.string(), cellSchema)),
  gridSearch: z.object({ cnn: gridSchema, "cnn-transformer": gridSchema }),
});

export type Reference = z.infer<typeof referenceSchema>;
export type ReferenceCell = z.infer<typeof cellSchema>;
export type ReferenceGridRun = z.infer<typeof gridRunSchema>;

/** The course report's numbers, which `reference/experiment.json` keeps. */
export async function readReference(): Promise<Reference> {
  const text = await readFile(new URL("experiment.json", import.meta.url), "utf8");
  return referenceSchema.parse(JSON.parse(text));
}

/** Whether class names are ESC-10's, in the folders' or in ESC-50's spelling. */
export function isReferenceData(labels: readonly string[]): boolean {
  const words = [
    "dog",
    "rain",
    "sea",
    "bab",
    "clock",
    "sneez",
    "helicopter",
    "chainsaw",
    "rooster",
    "fire|crackl",
  ];
  const found = words.filter((word) => labels.some((label) => new RegExp(word, "i").test(label)));
  return labels.length === words.length && found.length === words.length;
}

/** Networks of the reference in the order of its tables. */
export const referenceNetworks = [
  { architecture: "cnn", heads: null },
  { architecture: "cnn-transformer", heads: 1 },
  { architecture: "cnn-transformer", heads: 2 },
  { architecture: "cnn-transformer", heads: 4 },
] as const;

export type ReferenceNetwork = (typeof referenceNetworks)[number];

export const referenceFolds = [2, 3, 4, 5] as const;

export function pickCell(
  reference: Reference,
  { architecture, heads }: ReferenceNetwork,
  fold: number,
): ReferenceCell | null {
  const cell =
    architecture === "cnn"
      ? reference.cnn[String(fold)]
      : reference["cnn-transformer"][String(fold)]?.[String(heads)];
  return cell ?? null;
}
