import { readFile } from "node:fs/promises";
import { writeReport } from "../../report/write-report.ts";
import { readModel } from "../../runtime/read-model.ts";
import { nameMetrics, readResult } from "../../run-files/job-result.ts";
import {
  dataFileSchema,
  environmentSchema,
  featuresFileSchema,
} from "../../run-files/stage-files.ts";
import type { RunSummary } from "../../run-files/summary.ts";
import { readIfWhole, writeJson } from "../../run-files/json-file.ts";
import { parityFileSchema } from "../../run-files/parity-file.ts";
import { readCrossValidation } from "../jobs/cross-validate.ts";
import { nameScore } from "./repeated-score.ts";
import { readStageSeconds, type Run } from "./run-folder.ts";

/** Gathers what a run's stages have written. */
async function summariseRun(run: Run): Promise<RunSummary> {
  const { files, config } = run;
  const data = await readIfWhole(files.data, dataFileSchema);
  const features = await readIfWhole(files.features, featuresFileSchema);
  const environment = await readIfWhole(files.environment, environmentSchema);
  const result = await readResult(run.folder);
  const score = await readCrossValidation(run);
  const model = await readFile(files.model).catch(() => undefined);
  const parity = await readIfWhole(files.parity, parityFileSchema);
  const { network, folds } = config.job;
  return {
    run: run.name,
    ...(data && {
      data: { root: data.root, layout: data.layout, clips: data.clips.length, labels: data.labels },
    }),
    ...(features && {
      features: {
        extractor: features.extractor,
        frames: features.frames,
        bands: features.bands,
        skipped: features.skipped.length,
      },
    }),
    ...(environment && { commands: [environment.command] }),
    ...(environment?.engine !== undefined && { engine: environment.engine }),
    network: network.architecture === "cnn" ? "1D-CNN" : `1D-CNN-Transformer, ${network.heads} heads`,
    folds: { test: folds.test, validation: folds.validation },
    ...(result && {
      epochs: result.epochs,
      selectedEpoch: result.selectedEpoch,
      metrics: { ...nameMetrics(result), ...(score && nameScore(score)) },
    }),
    ...(model && {
      model: { file: files.model, bytes: model.length, parameters: readModel(model, files.model).parameters },
    }),
    ...(parity && { parity: parity.results }),
    stageSeconds: await readStageSeconds(run),
    files,
  };
}

/** Writes a run's `summary.json`, and the report that shows it as a page, as JSON and as Markdown. */
export async function reportRun(run: Run): Promise<RunSummary> {
  const summary = await summariseRun(run);
  await writeJson(run.files.summary, summary);
  await writeReport([run.folder], run.folder);
  return summary;
}
