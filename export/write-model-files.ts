import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { countDataBytes, largestFileBytes, writeExternalModel } from "../onnx/external-data.ts";
import { writeModel } from "../onnx/write-model.ts";
import { buildLayersModel, type ExportOptions } from "./export-layers-model.ts";

export interface FileExportOptions extends ExportOptions {
  /**
   * Puts tensors of this many bytes and more into `<file>.data`. Default: 1024 for a model over 2 GB, which one file
   * cannot hold, and none for all others.
   */
  readonly externalDataBytes?: number;
}

/** Room for nodes, names and metadata beside the tensors. */
const headroomBytes = 2 ** 24;

/**
 * As `exportLayersModel`, into files: tensors are written one after the other, so that a large model is in memory only
 * once. Files appear whole or not at all.
 * @returns the files and their bytes
 * @throws UnsupportedLayerError before any file is written
 */
export async function exportLayersModelToFiles(
  model: tf.LayersModel,
  file: string,
  options: FileExportOptions = {},
): Promise<{ readonly file: string; readonly bytes: number }[]> {
  const built = buildLayersModel(model, options);
  const isLarge = countDataBytes(built) + headroomBytes > largestFileBytes;
  const threshold = options.externalDataBytes ?? (isLarge ? 1024 : undefined);
  if (threshold === undefined) return [await writePieces(file, [writeModel(built)])];
  const dataFile = `${file}.data`;
  const { model: bytes, pieces } = writeExternalModel(built, path.basename(dataFile), threshold);
  const data = await writePieces(dataFile, pieces); // first, so that a model never lacks its data
  return [await writePieces(file, [bytes]), data];
}

async function writePieces(file: string, pieces: Iterable<Uint8Array>) {
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, "w");
  let bytes = 0;
  try {
    for (const piece of pieces) {
      await handle.writeFile(piece); // goes on where the last one ended
      bytes += piece.length;
    }
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
  return { file, bytes };
}
