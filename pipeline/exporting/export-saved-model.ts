import type { Precision } from "../../export/precision/precision.ts";
import { readLayersModel } from "../../export/saved-model/read-layers-model.ts";
import { exportLayersModelToFiles } from "../../export/write-model-files.ts";
import { UserError } from "../../common/user-error.ts";
import { expectRuntimeOpens } from "./open-exported.ts";
import { loadEngine } from "../../training/engine.ts";

interface SavedExportOptions {
  readonly precision: Precision;
  readonly opset: number;
  readonly externalDataBytes?: number | undefined;
}

/** Exports a tf.layers model that was saved as `model.json` with its weights beside it. */
export async function exportSavedModel(
  topology: string,
  out: string,
  { precision, opset, externalDataBytes }: SavedExportOptions,
): Promise<string> {
  if (precision === "int8")
    throw new UserError(
      "--precision int8: expected a run, whose clips it is calibrated on; take int8-dynamic",
    );
  await loadEngine("auto");
  const model = await readLayersModel(topology);
  const options = {
    precision,
    opset,
    verify: expectRuntimeOpens,
    ...(externalDataBytes !== undefined && { externalDataBytes }),
  };
  const files = await exportLayersModelToFiles(model, out, options); // an unsupported layer throws before any file
  const sizes = files.map(({ file, bytes }) => `${file} (${(bytes / 1e6).toFixed(2)} MB)`);
  return `${sizes.join(" and ")}: ${model.name}, ${model.countParams().toLocaleString("en")} values`;
}
