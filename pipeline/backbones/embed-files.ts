import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-node";
import { decodeAudio } from "../../features/audio/decode.ts";
import { createBackboneEmbedder } from "../../features/backbone/backbone-embedder.ts";
import { resample } from "../../features/resample/resample.ts";
import { normaliseRows, stackRows, viewRow } from "../../heads/matrix.ts";
import { poolWindows } from "../../heads/pool-windows.ts";
import { createProgress } from "../screen/progress.ts";
import type { LoadedBackbone } from "./load-backbone.ts";

/** A file and its vector. */
export interface EmbeddedFile {
  readonly file: string;
  /** Mean ++ maximum over the windows, of length 1. */
  readonly vector: Float64Array;
}

/** One vector a file, in the files' order. @throws UserError for a file that is no sound audio */
export async function embedFiles(files: readonly string[], loaded: LoadedBackbone): Promise<EmbeddedFile[]> {
  const embedder = await createBackboneEmbedder(loaded, ort);
  const progress = createProgress("embeddings");
  const embedded: EmbeddedFile[] = [];
  try {
    for (const file of files) {
      const { samples } = await resample(
        await decodeAudio(await readFile(file), file),
        embedder.sampleRateHz,
      );
      const { windows, dimensions, values } = await embedder.embed(samples);
      const rows = { rows: windows, columns: dimensions, values: Float64Array.from(values) };
      const vector = viewRow(normaliseRows(stackRows([poolWindows(rows, "mean-max")])), 0);
      embedded.push({ file, vector });
      progress.update(embedded.length, files.length);
    }
    return embedded;
  } finally {
    progress.end();
    await embedder.dispose();
  }
}
