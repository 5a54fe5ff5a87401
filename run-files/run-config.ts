import * as z from "zod";
import { layoutNames } from "../datasets/readers/reader.ts";
import { trainingJobSchema } from "./job.ts";

/** Name that stands for the data set that earshot makes itself. */
export const embeddedData = "embedded";

/** What the command line offers is what a run's config may hold. */
export const subsetNames = ["esc10", "all"] as const;
export const extractorNames = ["meyda", "graph"] as const;
export const engineNames = ["auto", "tfjs-node", "onnxruntime", "onnxruntime-cuda"] as const;

/** How a data set's folder is read. */
export const datasetReadingSchema = z.strictObject({
  layout: z.enum(layoutNames).optional(),
  /** Of the ESC-50 repository. */
  subset: z.enum(subsetNames).optional(),
  /** Which files belong to one recording: a regular expression whose first group names it. */
  groupBy: z.string().optional(),
  /** Where file names say the class: `{class}_{group}_*`. */
  namePattern: z.string().optional(),
  /** Further classes that are background, and absolute folders of it. */
  background: z.array(z.string()).optional(),
  /** Absolute folders of sounds that must not be named. */
  negatives: z.array(z.string()).optional(),
  /** Whether a clip may have several classes, or none. */
  multiLabel: z.boolean().optional(),
  /** Whether a table may name files outside of the folder. */
  allowOutside: z.boolean().optional(),
  /** Folds are dealt anew, by this repeat of a cross-validation of few clips. */
  dealtFolds: z.int().positive().optional(),
});

export type DatasetReading = z.infer<typeof datasetReadingSchema>;

/** Everything that decides what a run computes: `config.json` in its folder. */
export const runConfigSchema = z.strictObject({
  /** Folder of the data set, absolute, or `embedded`. */
  data: z.string(),
  ...datasetReadingSchema.shape,
  extractor: z.enum(extractorNames),
  /** Bad clips are reported and left out, instead of stopping the run. */
  skipBadClips: z.boolean(),
  maxClipSeconds: z.number().positive(),
  engine: z.enum(engineNames),
  /** Of the engine; without it, all cores. */
  threads: z.int().positive().optional(),
  job: trainingJobSchema,
});

export type RunConfig = z.infer<typeof runConfigSchema>;

/** `config.json` of a run that holds several jobs, each a run of its own under `jobs/`. */
export const listConfigSchema = z.strictObject({
  data: z.string(),
  /** `report`, `cv5` and so on, or `tune`. */
  protocol: z.string(),
  command: z.string(),
});

export type ListConfig = z.infer<typeof listConfigSchema>;
