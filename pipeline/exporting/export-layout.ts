import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { describeHubFiles, hubInputName } from "../../export/model-card/hub-files.ts";
import { writeModelCard } from "../../export/model-card/write-model-card.ts";
import { type ModelMetadata, metadataKey } from "../../features/model-metadata.ts";
import { computeSeal } from "../../features/model-seal.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { renameInput } from "../../onnx/rewrite/rename-input.ts";
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
 * `config.json`, `preprocessor_config.json` and the card as `README.md`. The graph is the run's but for that name, so
 * its parity verdicts hold for it too.
 * @throws UserError for a model that takes features
 */
export async function writeHubFolder(run: Run, folder: string): Promise<void> {
  const bytes = await readFile(run.files.model);
  const metadata = readModel(bytes, run.files.model);
  const files = describeHubFiles(metadata, describeRun(run, metadata));
  const renamed = renameInput(bytes, metadata.input, hubInputName);
  const isProven = metadata.graphHash === hashGraph(bytes);
  const isSealed = metadata.seal === computeSeal(metadata, bytes);
  const described = JSON.stringify({
    ...metadata,
    ...(isProven && { graphHash: hashGraph(renamed) }),
    ...(isSealed && { seal: computeSeal(metadata, renamed) }),
  });
  const model = writeMetadata(renamed, readMetadata(renamed).set(metadataKey, described));
  await writeFileAtomically(path.join(folder, "onnx", "model.onnx"), model);
  for (const [name, text] of Object.entries(files)) await writeFileAtomically(path.join(folder, name), text);
}

function describeRun({ name, config }: Run, metadata: ModelMetadata): string {
  return writeModelCard(metadata, { name, data: nameData(config), testFolds: config.job.folds.test });
}

/** Of the model card. */
export function nameData({ data }: Pick<RunConfig, "data">): string {
  return data === embeddedData ? "synthetic sounds that earshot makes" : path.basename(data);
}
