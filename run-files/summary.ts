import * as z from "zod";
import { parityResultSchema } from "../features/model-metadata.ts";
import { stagesFileSchema } from "./stage-files.ts";

/** `summary.json`: what the last screen of a run shows. What no stage has made yet is absent. */
export const runSummarySchema = z.object({
  run: z.string(),
  data: z
    .object({ root: z.string(), layout: z.string(), clips: z.int(), labels: z.array(z.string()) })
    .optional(),
  features: z
    .object({
      extractor: z.string(),
      frames: z.int(),
      bands: z.int(),
      /** Bad clips that were left out. */
      skipped: z.int(),
    })
    .optional(),
  /** Name and version of what computed. */
  engine: z.string().optional(),
  /** Command lines that make the run again. */
  commands: z.array(z.string()).optional(),
  network: z.string(),
  epochs: z.int().optional(),
  selectedEpoch: z.int().optional(),
  folds: z.object({ test: z.array(z.int()), validation: z.array(z.int()) }),
  /** Accuracies are fractions, 0 to 1; losses are means over clips. */
  metrics: z.record(z.string(), z.number()).optional(),
  model: z.object({ file: z.string(), bytes: z.int(), parameters: z.int() }).optional(),
  parity: z.array(parityResultSchema).optional(),
  stageSeconds: stagesFileSchema,
  /** Paths by the names of `listFiles`. */
  files: z.looseObject({ report: z.string() }),
});

export type RunSummary = z.infer<typeof runSummarySchema>;
