import * as z from "zod";

/** `environment.json`: the machine and the program that a run was made with. */
export const environmentSchema = z.looseObject({
  /** Name and version. */
  program: z.string(),
  /** As typed. */
  command: z.string(),
  /** The git commit, with `+changes` when files differ from it; `unknown` outside a checkout. */
  revision: z.string(),
  node: z.string(),
  platform: z.string(),
  processor: z.string(),
  cores: z.int(),
  memoryGB: z.int(),
  /** Name and version of what computed; absent for a list, whose jobs have one each. */
  engine: z.string().optional(),
});

export type Environment = z.infer<typeof environmentSchema>;

const listedClipSchema = z.object({
  id: z.string(),
  path: z.string(),
  label: z.string(),
  /** Where clips may have several classes. */
  labels: z.array(z.string()).optional(),
  fold: z.int(),
  source: z.string(),
});

export type ListedClip = z.infer<typeof listedClipSchema>;

/** `data.json`: what a run was trained on. */
export const dataFileSchema = z.object({
  name: z.string(),
  layout: z.string(),
  /** Folder of the clips: a clip's id is its path from there. */
  root: z.string(),
  /** Class names in the order of the logits. */
  labels: z.array(z.string()),
  folds: z.int(),
  warnings: z.array(z.string()),
  clips: z.array(listedClipSchema),
});

export type DataFile = z.infer<typeof dataFileSchema>;

/** `features.json`: how a run's features were made. */
export const featuresFileSchema = z.object({
  extractor: z.string(),
  /** What of the feature graph's numbers was computed by Meyda too, and the largest difference of any. */
  comparedWithMeyda: z.object({ clips: z.int(), frames: z.int(), largestDifference: z.number() }).optional(),
  frames: z.int(),
  bands: z.int(),
  hits: z.int(),
  computed: z.int(),
  repaired: z.int(),
  /** Bad clips that were left out. */
  skipped: z.array(z.object({ id: z.string(), reason: z.string() })),
});

export type FeaturesFile = z.infer<typeof featuresFileSchema>;

/** `stages.json`: seconds that each stage took. */
export const stagesFileSchema = z.record(z.string(), z.number());
