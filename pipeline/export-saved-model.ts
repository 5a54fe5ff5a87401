import { writeFileAtomically } from "../datasets/write-atomically.ts";
import { exportLayersModel } from "../export/export-layers-model.ts";
import type { Precision } from "../export/precision.ts";
import { readLayersModel } from "../export/read-layers-model.ts";
import { UserError } from "../features/user-error.ts";
import { loadEngine } from "../training/engine.ts";

/** Exports a tf.layers model that was saved as `model.json` with its weights beside it. */
export async function exportSavedModel(
  topology: string,
  out: string,
  { precision, opset }: { readonly precision: Precision; readonly opset: number },
): Promise<string> {
  if (precision === "int8")
    throw new UserError(
      "--precision int8: expected a run, whose clips it is calibrated on; take int8-dynamic",
    );
  await loadEngine("auto");
  const model = await readLayersModel(topology);
  const bytes = exportLayersModel(model, { precision, opset }); // an unsupported layer throws here, before any file
  await writeFileAtomically(out, bytes);
  return `${out}: ${model.name}, ${model.countParams().toLocaleString("en")} values, ${(bytes.length / 1e6).toFixed(2)} MB`;
}
