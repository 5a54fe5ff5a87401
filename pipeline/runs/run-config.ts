import * as z from "zod";
import { layoutNames } from "../../datasets/readers/layouts.ts";
import { trainingJobSchema } from "../../training/jobs/job.ts";

/** Name that stands for the data set that earshot makes itself. */
export const embeddedData = "embedded";

/** Everything that decides what a run computes; kept as `config.json` in its folder. */
export const runConfigSchema = z.strictObject({
  /** Folder of the data set, absolute, or `embedded`. */
  data: z.string(),
  layout: z.enum(layoutNames).optional(),
  /** Of the ESC-50 repository. */
  subset: z.enum(["esc10", "all"]).optional(),
  /** Which files belong to one recording: a regular expression whose first group names it. */
  groupBy: z.string().optional(),
  extractor: z.enum(["meyda", "graph"]),
  /** Bad clips are reported and left out, instead of stopping the run. */
  skipBadClips: z.boolean(),
  maxClipSeconds: z.number().positive(),
  engine: z.enum(["auto", "tfjs-node", "onnxruntime"]),
  /** Of the engine; without it, all cores. */
  threads: z.int().positive().optional(),
  job: trainingJobSchema,
});

export type RunConfig = z.infer<typeof runConfigSchema>;
