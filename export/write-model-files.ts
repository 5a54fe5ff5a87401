import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { UserError } from "../common/user-error.ts";
import { countDataBytes, maxFileBytes, writeExternalModel } from "../onnx/external-data.ts";
import { writeModel } from "../onnx/write-model.ts";
import { buildLayersModel, type ExportOptions } from "./export-layers-model.ts";
import { describeError } from "../common/describe-error.ts";

/**
 * What `exportLayersModelToFiles` takes.
 *
 *     await exportLayersModelToFiles(model, "model.onnx", { externalDataBytes: 1_024 });
 */
export interface FileExportOptions extends ExportOptions {
  /**
   * Puts tensors of this many bytes and more into `<file>.data`. Default: 1024 for a model over 2 GB, which one file
   * cannot hold, and none for all others.
   */
  readonly externalDataBytes?: number;
  /** Opens the written file, before it takes its place; what it throws stops the export, and no file is left. */
  readonly verify?: (file: string) => Promise<void>;
}

/** Room for nodes, names and metadata beside the tensors. */
const headroomBytes = 2 ** 24;

/**
 * As `exportLayersModel`, into files: tensors are written one after the other, so that a large model is in memory only
 * once. Files are written into a folder beside their place, opened there, and then moved: they appear whole or not.
 *
 *     for (const { file, bytes } of await exportLayersModelToFiles(model, "model.onnx")) console.log(file, bytes);
 *
 * @returns the files and their bytes
 * @throws UnsupportedLayerError before any file is written; UserError where none can be
 */
export async function exportLayersModelToFiles(
  model: tf.LayersModel,
  file: string,
  options: FileExportOptions = {},
): Promise<{ readonly file: string; readonly bytes: number }[]> {
  const built = buildLayersModel(model, options);
  const isLarge = countDataBytes(built) + headroomBytes > maxFileBytes;
  const threshold = options.externalDataBytes ?? (isLarge ? 1024 : undefined);
  const dataFile = `${file}.data`;
  const written =
    threshold === undefined
      ? { model: writeModel(built), pieces: undefined }
      : writeExternalModel(built, path.basename(dataFile), threshold);
  const folder = await makeTemporaryFolder(file);
  try {
    const modelPlace = path.join(folder, path.basename(file));
    const dataPlace = path.join(folder, path.basename(dataFile));
    const bytes = await writePieces(modelPlace, [written.model]);
    const dataBytes = written.pieces && (await writePieces(dataPlace, written.pieces));
    await options.verify?.(modelPlace);
    if (dataBytes !== undefined) await rename(dataPlace, dataFile); // first, so that a model never lacks its data
    await rename(modelPlace, file);
    return [{ file, bytes }, ...(dataBytes === undefined ? [] : [{ file: dataFile, bytes: dataBytes }])];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeTemporaryFolder(file: string): Promise<string> {
  const folder = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    if ((await stat(file).catch(() => undefined))?.isDirectory() === true) throw new Error("it is a folder");
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const reason = describeError(error);
    throw new UserError(`${file}: expected a file that can be written: ${reason}`, { cause: error });
  }
}

async function writePieces(file: string, pieces: Iterable<Uint8Array>): Promise<number> {
  const handle = await open(file, "w");
  try {
    let bytes = 0;
    for (const piece of pieces) {
      await handle.writeFile(piece); // goes on where the last one ended
      bytes += piece.length;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
