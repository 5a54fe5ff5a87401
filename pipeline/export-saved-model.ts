import { writeFileAtomically } from "../datasets/write-atomically.ts";
import { exportLayersModel } from "../export/export-layers-model.ts";
import { readLayersModel } from "../export/read-layers-model.ts";
import { loadEngine } from "../training/engine.ts";

/** Exports a tf.layers model that was saved as `model.json` with its weights beside it. */
export async function exportSavedModel(topology: string, out: string): Promise<string> {
  await loadEngine("auto");
  const model = await readLayersModel(topology);
  const bytes = exportLayersModel(model); // an unsupported layer throws here, before any file
  await writeFileAtomically(out, bytes);
  return `${out}: ${model.name}, ${model.countParams().toLocaleString("en")} values, ${(bytes.length / 1e6).toFixed(2)} MB`;
}
