import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { describeHubFiles, makeHubModel } from "../../export/model-card/hub-files.ts";
import { writeModelCard } from "../../export/model-card/write-model-card.ts";
import type { ModelMetadata } from "../../features/model-metadata.ts";
import { readModel } from "../../runtime/read-model.ts";
import { embeddedData, type RunConfig } from "../../run-files/run-config.ts";
import type { Run } from "../runs/run-folder.ts";

/** Writes the model card beside a run's model. @returns its path */
export async function writeRunCard(run: Run): Promise<string> {
  const file = path.join(path.dirname(run.files.model), "model-card.md");
  await writeFileAtomically(
    file,
    describeRun(run, readModel(await readFile(run.files.model), run.files.model)),
  );
  return file;
}

/**
 * A run's model as transformers.js and the Hugging Face Hub expect it: `onnx/model.onnx`, whose input has their name,
 * `config.json`, `preprocessor_config.json` and the card as `README.md`.
 * @throws UserError for a model that takes features
 */
export async function writeHubFolder(run: Run, folder: string): Promise<void> {
  const bytes = await readFile(run.files.model);
  const metadata = readModel(bytes, run.files.model);
  const files = describeHubFiles(metadata, describeRun(run, metadata));
  await writeFileAtomically(path.join(folder, "onnx", "model.onnx"), makeHubModel(bytes, metadata));
  for (const [name, text] of Object.entries(files)) await writeFileAtomically(path.join(folder, name), text);
}

function describeRun({ name, config }: Run, metadata: ModelMetadata): string {
  return writeModelCard(metadata, { name, data: nameData(config), testFolds: config.job.folds.test });
}

/** Of the model card. */
export function nameData({ data }: Pick<RunConfig, "data">): string {
  return data === embeddedData ? "synthetic sounds that earshot makes" : path.basename(data);
}
