import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { ParityResult } from "../../features/model-metadata.ts";
import { readModel } from "../../runtime/read-model.ts";
import { nameMetrics, readResult } from "../../training/jobs/job-result.ts";
import { readJson } from "./json-file.ts";
import { parityFileSchema } from "../parity/parity-file.ts";
import { readStageSeconds, type Run } from "./run-folder.ts";

const dataFileSchema = z.object({
  root: z.string(),
  layout: z.string(),
  clips: z.array(z.unknown()).transform((clips) => clips.length),
  labels: z.array(z.string()),
});
const featuresFileSchema = z.object({
  extractor: z.string(),
  frames: z.int(),
  bands: z.int(),
  /** Bad clips that were left out. */
  skipped: z
    .array(z.unknown())
    .catch([])
    .transform((clips) => clips.length),
});
const environmentFileSchema = z.object({ engine: z.string(), command: z.string() });

/** What the last screen of a run shows, as `summary.json`. What no stage has made yet is absent. */
export interface RunSummary {
  readonly run: string;
  readonly data?: z.infer<typeof dataFileSchema>;
  readonly features?: z.infer<typeof featuresFileSchema>;
  readonly engine?: string;
  /** Command lines that make the run again. */
  readonly commands?: readonly string[];
  readonly network: string;
  readonly epochs?: number;
  readonly selectedEpoch?: number;
  readonly folds: { readonly test: readonly number[]; readonly validation: readonly number[] };
  /** Accuracies are shares, 0 to 1; losses are means over clips. */
  readonly metrics?: Record<string, number>;
  readonly model?: { readonly file: string; readonly bytes: number; readonly parameters: number };
  readonly parity?: readonly ParityResult[];
  readonly stageSeconds: Record<string, number>;
  readonly files: Run["files"];
}

/** Gathers what a run's stages have written. */
export async function summariseRun(run: Run): Promise<RunSummary> {
  const { files, config } = run;
  const data = await readJson(files.data, dataFileSchema);
  const features = await readJson(files.features, featuresFileSchema);
  const environment = await readJson(files.environment, environmentFileSchema);
  const result = await readResult(run.folder);
  const model = await readFile(files.model).catch(() => undefined);
  const parity = await readJson(files.parity, parityFileSchema);
  const { network, folds } = config.job;
  return {
    run: run.name,
    ...(data && { data }),
    ...(features && { features }),
    ...(environment && { engine: environment.engine, commands: [environment.command] }),
    network: network.architecture === "cnn" ? "1D-CNN" : `1D-CNN-Transformer, ${network.heads} heads`,
    folds: { test: folds.test, validation: folds.validation },
    ...(result && {
      epochs: result.epochs,
      selectedEpoch: result.selectedEpoch,
      metrics: nameMetrics(result),
    }),
    ...(model && {
      model: { file: files.model, bytes: model.length, parameters: readModel(model, files.model).parameters },
    }),
    ...(parity && { parity: parity.results }),
    stageSeconds: await readStageSeconds(run),
    files,
  };
}
